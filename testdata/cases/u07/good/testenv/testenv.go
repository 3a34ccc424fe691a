// Package testenv starts servers for tests.
package testenv

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Context returns a context that ends a little before the test does.
func Context(tb testing.TB, limit time.Duration) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	tb.Cleanup(cancel)
	return ctx
}

// Server echoes what it is sent.
type Server struct {
	Addr   string
	ln     net.Listener
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// StartServer starts a server that ends with the test.
func StartServer(tb testing.TB, ctx context.Context) *Server {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("listen: %v", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &Server{Addr: ln.Addr().String(), ln: ln, cancel: cancel}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close: %v", err)
		}
	})
	s.wg.Go(func() { s.accept(ctx) })
	return s
}

func (s *Server) accept(ctx context.Context) {
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.wg.Go(func() {
			defer c.Close()
			stop := context.AfterFunc(ctx, func() { c.Close() })
			defer stop()
			_, _ = io.Copy(c, c)
		})
	}
}

// Close ends the server early.
func (s *Server) Close() error {
	s.cancel()
	err := s.ln.Close()
	s.wg.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
