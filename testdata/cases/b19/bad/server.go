// Package sse serves sessions that outlive their requests.
package sse

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

type session struct {
	ctx context.Context

	mu    sync.Mutex
	seen  time.Time
	calls int
}

// Dispatch executes a call in a session.
type Dispatch func(ctx context.Context, method string, params json.RawMessage) (any, error)

// Server keeps sessions between requests.
type Server struct {
	dispatch Dispatch

	mu       sync.Mutex
	sessions map[string]*session
}

// New returns a server without sessions.
func New(dispatch Dispatch) *Server {
	return &Server{dispatch: dispatch, sessions: make(map[string]*session)}
}

func (s *Server) session(ctx context.Context, id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	sess, ok := s.sessions[id]
	if !ok {
		sess = &session{ctx: ctx} // LEAK
		s.sessions[id] = sess     // LEAK
	}
	return sess
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var call struct {
		Method string
		Params json.RawMessage
	}
	if err := json.NewDecoder(r.Body).Decode(&call); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	sess := s.session(r.Context(), r.Header.Get("Session-Id")) // LEAK
	sess.mu.Lock()
	defer sess.mu.Unlock()
	sess.seen = time.Now()
	sess.calls++
	v, err := s.dispatch(sess.ctx, call.Method, call.Params)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_ = json.NewEncoder(w).Encode(v)
}

// End ends a session.
func (s *Server) End(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, id)
}
