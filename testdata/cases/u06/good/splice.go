// Package splice joins two connections until one of them ends.
package splice

import (
	"context"
	"io"
	"log/slog"
	"net"
	"time"
)

type splice struct {
	ctx    context.Context
	cancel context.CancelFunc
	a, b   net.Conn
	limit  time.Duration
}

func (s *splice) copy(dst, src net.Conn, n chan<- int64) {
	defer s.cancel()
	written, err := io.Copy(dst, src)
	if err != nil && s.ctx.Err() == nil {
		slog.Debug("splice", "from", src.RemoteAddr(), "err", err)
	}
	n <- written
}

func (s *splice) run(done func(sent, received int64)) {
	defer s.cancel()
	defer s.a.Close()
	defer s.b.Close()
	up, down := make(chan int64, 1), make(chan int64, 1)
	go s.copy(s.b, s.a, up)
	go s.copy(s.a, s.b, down)
	<-s.ctx.Done()
	now := time.Now()
	_ = s.a.SetDeadline(now)
	_ = s.b.SetDeadline(now)
	done(<-up, <-down)
}

// Proxy accepts connections and splices them to an upstream.
type Proxy struct {
	Dial  func(ctx context.Context) (net.Conn, error)
	Limit time.Duration
	Done  func(sent, received int64)
}

// Handle splices conn; it doesn't wait for the end.
func (p *Proxy) Handle(ctx context.Context, conn net.Conn) error {
	up, err := p.Dial(ctx)
	if err != nil {
		conn.Close()
		return err
	}
	s := &splice{a: conn, b: up, limit: p.Limit}
	if p.Limit > 0 {
		s.ctx, s.cancel = context.WithTimeout(ctx, p.Limit)
	} else {
		s.ctx, s.cancel = context.WithCancel(ctx)
	}
	go s.run(p.Done)
	return nil
}
