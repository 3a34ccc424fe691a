// Package mail accepts mail and delivers it later.
package mail

import (
	"context"
	"errors"
	"net"
	"sync"

	"cases/serverparts/bad/sched"
)

// Deliver takes a message from a connection and returns how to deliver it.
type Deliver func(conn net.Conn) (job func(context.Context), err error)

// Server accepts mail.
type Server struct {
	listener net.Listener
	outgoing *sched.Scheduler
	accept   Deliver
	wg       sync.WaitGroup
}

// NewServer returns a server that listens on l. Close must be called.
func NewServer(ctx context.Context, l net.Listener, accept Deliver) *Server {
	return &Server{
		listener: l,
		outgoing: sched.New(ctx, 100), // LEAK
		accept:   accept,
	}
}

// Serve accepts mail until the server is closed.
func (s *Server) Serve() error {
	for {
		conn, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		s.wg.Go(func() {
			defer conn.Close()
			if job, err := s.accept(conn); err == nil {
				s.outgoing.Submit(job)
			}
		})
	}
}

// Close ends Serve and waits for the connections.
func (s *Server) Close() error {
	err := s.listener.Close()
	s.wg.Wait()
	return err
}
