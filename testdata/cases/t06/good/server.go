package peers

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Server answers the frames of its peers.
type Server struct {
	ping   time.Duration
	answer func(ctx context.Context, f Frame) Frame

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// NewServer returns a server.
func NewServer(ping time.Duration, answer func(context.Context, Frame) Frame) *Server {
	return &Server{ping: ping, answer: answer, conns: make(map[*conn]struct{})}
}

// Serve serves peers until accept fails.
func (s *Server) Serve(ctx context.Context, accept func() (Wire, error)) error {
	for {
		w, err := accept()
		if err != nil {
			return err
		}
		newConn(ctx, s, w)
	}
}

func (s *Server) add(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = struct{}{}
}

// Dial serves one peer that was dialled.
func (s *Server) Dial(ctx context.Context, dial func(context.Context) (Wire, error)) error {
	w, err := dial(ctx)
	if err != nil {
		return err
	}
	newConn(ctx, s, w)
	return nil
}

// Kick ends all connections.
func (s *Server) Kick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		go c.close(errors.New("kicked"))
	}
	clear(s.conns)
}
