// Package thumbs makes thumbnails in the background.
package thumbs

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
)

type job struct {
	ctx   context.Context
	image string
	sizes []int
}

type traceKey struct{}

// Service queues images.
type Service struct {
	jobs   chan job
	wg     sync.WaitGroup
	resize func(ctx context.Context, image string, size int) error
}

// New starts a service with n workers. Close must be called.
func New(n int, resize func(context.Context, string, int) error) *Service {
	s := &Service{jobs: make(chan job, 1024), resize: resize}
	for range n {
		s.wg.Go(s.work)
	}
	return s
}

func (s *Service) work() {
	for j := range s.jobs {
		for _, size := range j.sizes {
			if err := s.resize(j.ctx, j.image, size); err != nil {
				slog.ErrorContext(j.ctx, "resize", "image", j.image, "size", size, "err", err)
			}
		}
	}
}

// ServeHTTP queues an image and answers at once.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Image string `json:"image"`
		Sizes []int  `json:"sizes"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	ctx := context.WithValue(r.Context(), traceKey{}, r.Header.Get("X-Trace"))
	j := job{ctx: ctx, image: in.Image, sizes: in.Sizes} // LEAK
	select {
	case s.jobs <- j: // LEAK
		w.WriteHeader(http.StatusAccepted)
	default:
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}
}

// Close waits for the queued images.
func (s *Service) Close() {
	close(s.jobs)
	s.wg.Wait()
}
