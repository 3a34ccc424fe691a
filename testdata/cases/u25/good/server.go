// Package embed runs servers inside other programs.
package embed

import (
	"context"
	"slices"
	"sync"
	"time"

	"cases/u25/good/component"
)

// Server serves until it is closed.
type Server struct {
	component.Base
	name  string
	every time.Duration
	tick  func(ctx context.Context)
	done  sync.WaitGroup
}

// Option changes a server.
type Option func(*Server)

// WithRelease calls release when the server closes.
func WithRelease(release func()) Option {
	return func(s *Server) { s.OnClose(release) }
}

// WithInterval sets how often the server ticks.
func WithInterval(d time.Duration) Option { return func(s *Server) { s.every = d } }

// NewServer starts a server under ctx.
func NewServer(ctx context.Context, name string, tick func(context.Context), opts ...Option) *Server {
	s := &Server{name: name, every: time.Second, tick: tick}
	for _, o := range opts {
		o(s)
	}
	s.OnClose(s.done.Wait)
	ctx = s.Scope(ctx)
	s.done.Go(func() { s.loop(ctx) })
	return s
}

func (s *Server) loop(ctx context.Context) {
	t := time.NewTicker(s.every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.tick(ctx)
		}
	}
}

// Host runs servers for a program.
type Host struct {
	closers []func()
}

// Run starts a server whose own context ends with it.
func (h *Host) Run(parent context.Context, name string, limit time.Duration, tick func(context.Context)) {
	ctx, cancel := context.WithTimeout(parent, limit)
	s := NewServer(ctx, name, tick, WithRelease(cancel), WithInterval(limit/100))
	h.closers = append(h.closers, sync.OnceFunc(s.Close))
}

// Close ends all servers, the latest first.
func (h *Host) Close() {
	for _, c := range slices.Backward(h.closers) {
		c()
	}
	h.closers = nil
}
