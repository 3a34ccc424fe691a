// Package peers serves connections that end by themselves.
package peers

import (
	"context"
	"io"
	"sync"
	"time"
)

// Frame is one message.
type Frame struct {
	Ping bool
	Data []byte
}

// Wire reads and writes frames.
type Wire interface {
	io.Closer
	ReadFrame() (Frame, error)
	WriteFrame(Frame) error
}

type conn struct {
	wire   Wire
	srv    *Server
	ctx    context.Context
	cancel context.CancelCauseFunc
	out    chan Frame
	once   sync.Once
}

func newConn(ctx context.Context, srv *Server, w Wire) *conn {
	c := &conn{wire: w, srv: srv, out: make(chan Frame, 4)}
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	srv.add(c)
	go c.readLoop()
	go c.writeLoop()
	return c
}

func (c *conn) writeLoop() {
	ping := time.NewTicker(c.srv.ping)
	defer ping.Stop()
	for {
		f := Frame{Ping: true}
		select {
		case f = <-c.out:
		case <-ping.C:
		case <-c.ctx.Done():
			return
		}
		if err := c.wire.WriteFrame(f); err != nil {
			c.close(err)
			return
		}
	}
}

func (c *conn) readLoop() {
	for {
		f, err := c.wire.ReadFrame()
		if err != nil {
			c.close(err)
			return
		}
		if f.Ping {
			continue
		}
		select {
		case c.out <- c.srv.answer(c.ctx, f):
		case <-c.ctx.Done():
			c.close(context.Cause(c.ctx))
			return
		}
	}
}
