// Package jrpc serves calls that their caller can cancel by id.
package jrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// Message is a call, or the cancellation of one.
type Message struct {
	ID     string          `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

// Reply is the answer to a call.
type Reply struct {
	ID     string `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Handler answers a call.
type Handler func(ctx context.Context, params json.RawMessage) (any, error)

// Conn is one peer.
type Conn struct {
	handlers map[string]Handler
	inflight sync.Map // id to context.CancelFunc
	replies  chan<- Reply
}

// NewConn returns a connection that sends its answers to replies.
func NewConn(handlers map[string]Handler, replies chan<- Reply) *Conn {
	return &Conn{handlers: handlers, replies: replies}
}

// Serve handles messages until the peer hangs up.
func (c *Conn) Serve(ctx context.Context, messages <-chan Message) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	for m := range messages {
		if m.Method == "$/cancel" {
			c.abort(m.ID)
			continue
		}
		h, ok := c.handlers[m.Method]
		if !ok {
			return fmt.Errorf("unknown method %q", m.Method)
		}
		wg.Go(func() { c.call(ctx, m, h) })
	}
	return nil
}

func (c *Conn) call(ctx context.Context, m Message, h Handler) {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	c.inflight.Store(m.ID, cancel)         // LEAK
	defer c.abort(m.ID)
	result, err := h(ctx, m.Params)
	r := Reply{ID: m.ID, Result: result}
	switch {
	case errors.Is(err, context.Canceled):
		r.Error = "cancelled"
	case err != nil:
		r.Error = err.Error()
	}
	c.replies <- r
}

func (c *Conn) abort(id string) {
	if cancel, ok := c.inflight.LoadAndDelete(id); ok {
		cancel.(context.CancelFunc)()
	}
}
