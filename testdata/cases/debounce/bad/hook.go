// Package reindex rebuilds a search index a while after the last change.
package reindex

import (
	"context"
	"log"
	"net/http"
	"time"
)

// Hook is called by the content store after each change.
type Hook struct {
	ctx   context.Context
	quit  context.CancelFunc
	delay time.Duration
	index func(ctx context.Context) error
}

// NewHook returns a hook that rebuilds with index when nothing has changed for
// delay.
func NewHook(delay time.Duration, index func(context.Context) error) *Hook {
	h := &Hook{delay: delay, index: index}
	h.ctx, h.quit = context.WithCancel(context.Background())
	return h
}

// ServeHTTP implements http.Handler.
func (h *Hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		schedule(h.ctx, h.delay, h.rebuild)
	case http.MethodDelete:
		unschedule()
	}
	w.WriteHeader(http.StatusAccepted)
}

func (h *Hook) rebuild(ctx context.Context) {
	if err := h.index(ctx); err != nil {
		log.Printf("reindex: %v", err)
	}
}

// Close ends all rebuilds.
func (h *Hook) Close() { h.quit() }
