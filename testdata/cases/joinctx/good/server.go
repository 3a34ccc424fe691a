// Package report serves reports that are built on demand.
package report

import (
	"context"
	"errors"
	"log"
	"net/http"

	"cases/joinctx/good/join"
)

// ErrUnknown is returned for a report that nobody has defined.
var ErrUnknown = errors.New("unknown report")

// Build makes one report.
type Build func(ctx context.Context, name string) ([]byte, error)

// Server serves reports.
type Server struct {
	life  context.Context
	quit  context.CancelFunc
	build Build
}

// NewServer returns a server that builds no more once it is shut down.
func NewServer(build Build) *Server {
	s := &Server{build: build}
	s.life, s.quit = context.WithCancel(context.Background())
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, done := join.Contexts(r.Context(), s.life)
	defer done()
	data, err := s.build(ctx, r.PathValue("name"))
	switch {
	case errors.Is(err, ErrUnknown):
		http.NotFound(w, r)
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	default:
		if _, err := w.Write(data); err != nil {
			log.Printf("report: %v", err)
		}
	}
}

// Shutdown ends all builds.
func (s *Server) Shutdown() { s.quit() }
