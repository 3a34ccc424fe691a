// Package lines serves a line protocol over TCP.
package lines

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

// Handler answers one line.
type Handler func(ctx context.Context, line string) string

// Server serves connections until it is closed.
type Server struct {
	ctx    context.Context
	cancel context.CancelFunc
	handle Handler
	wg     sync.WaitGroup
}

// NewServer returns a server that answers with handle.
func NewServer(ctx context.Context, handle Handler) *Server {
	s := &Server{handle: handle}
	s.ctx, s.cancel = context.WithCancel(ctx)
	return s
}

// Serve accepts connections from l until the server is closed.
func (s *Server) Serve(l net.Listener) error {
	stop := context.AfterFunc(s.ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) && s.ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		s.wg.Go(func() { s.session(conn) })
	}
}

func (s *Server) session(conn net.Conn) {
	defer conn.Close()
	// Wake the scanner up when the server is closed.
	context.AfterFunc(s.ctx, func() { conn.SetReadDeadline(time.Now()) }) // LEAK
	in := bufio.NewScanner(conn)
	for in.Scan() {
		if _, err := fmt.Fprintln(conn, s.handle(s.ctx, in.Text())); err != nil {
			return
		}
	}
}

// Close ends all sessions and waits for them.
func (s *Server) Close() {
	s.cancel()
	s.wg.Wait()
}
