// Package rpc serves calls over a framed connection.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Kind says what a frame is.
type Kind byte

// Frame kinds.
const (
	Call Kind = iota
	Notify
	Ping
	Reply
)

// Frame is one message.
type Frame struct {
	Kind    Kind
	ID      uint64
	Payload []byte
}

// Wire transports frames.
type Wire interface {
	Read() (Frame, error)
	Write(Frame) error
}

var (
	errDuplicate = errors.New("duplicate call")
	errKind      = errors.New("unexpected kind of frame")
)

// Conn serves one peer.
type Conn struct {
	wire    Wire
	handler func(ctx context.Context, payload []byte) []byte

	mu    sync.Mutex
	calls map[uint64]context.CancelCauseFunc
}

// NewConn returns a connection that answers with handler.
func NewConn(wire Wire, handler func(context.Context, []byte) []byte) *Conn {
	return &Conn{wire: wire, handler: handler, calls: make(map[uint64]context.CancelCauseFunc)}
}

// Serve reads frames until one is wrong.
func (c *Conn) Serve(ctx context.Context) error {
	for {
		f, err := c.wire.Read()
		if err != nil {
			return err
		}
		if err := c.dispatch(ctx, f); err != nil {
			return err
		}
	}
}

func (c *Conn) dispatch(parent context.Context, f Frame) error {
	ctx, cancel := context.WithCancelCause(parent) // LEAK
	switch f.Kind {
	case Call:
		if !c.track(f.ID, cancel) {
			cancel(errDuplicate)
			return errDuplicate
		}
		go func() {
			defer c.finish(f.ID)
			c.wire.Write(Frame{Kind: Reply, ID: f.ID, Payload: c.handler(ctx, f.Payload)})
		}()
		return nil
	case Ping:
		return c.wire.Write(Frame{Kind: Reply, ID: f.ID})
	case Notify:
		defer cancel(nil)
		c.handler(ctx, f.Payload)
		return nil
	default:
		cancel(errKind)
		return fmt.Errorf("%w: %d", errKind, f.Kind)
	}
}

func (c *Conn) track(id uint64, cancel context.CancelCauseFunc) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.calls[id]; ok {
		return false
	}
	c.calls[id] = cancel
	return true
}

func (c *Conn) finish(id uint64) {
	c.mu.Lock()
	cancel := c.calls[id]
	delete(c.calls, id)
	c.mu.Unlock()
	cancel(nil)
}
