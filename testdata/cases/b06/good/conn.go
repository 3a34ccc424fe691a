// Package msgconn speaks messages over a channel, with deadlines.
package msgconn

import (
	"context"
	"io"
	"sync"
	"time"
)

// Conn is one end of a connection.
type Conn struct {
	in  <-chan []byte
	out chan<- []byte

	closed context.Context
	close  context.CancelFunc

	mu         sync.Mutex
	readCtx    context.Context
	readCancel context.CancelFunc
}

// NewConn returns a connection that is closed with parent at the latest.
func NewConn(parent context.Context, in <-chan []byte, out chan<- []byte) *Conn {
	c := &Conn{in: in, out: out}
	c.closed, c.close = context.WithCancel(parent)
	c.readCtx = c.closed
	return c
}

// SetReadDeadline bounds the reads that begin after it; zero means no limit.
func (c *Conn) SetReadDeadline(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ctx, cancel := c.closed, context.CancelFunc(nil)
	if !t.IsZero() {
		ctx, cancel = context.WithDeadline(c.closed, t)
	}
	if c.readCancel != nil {
		c.readCancel()
	}
	c.readCtx, c.readCancel = ctx, cancel
}

// Read returns the next message.
func (c *Conn) Read() ([]byte, error) {
	c.mu.Lock()
	ctx := c.readCtx
	c.mu.Unlock()
	select {
	case b, ok := <-c.in:
		if !ok {
			return nil, io.EOF
		}
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Write sends a message.
func (c *Conn) Write(b []byte) error {
	select {
	case c.out <- b:
		return nil
	case <-c.closed.Done():
		return io.ErrClosedPipe
	}
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.readCancel != nil {
		c.readCancel()
	}
	c.close()
	return nil
}
