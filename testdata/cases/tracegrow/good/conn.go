// Package kv serves a key-value store over a connection.
package kv

import (
	"context"
	"fmt"

	"cases/tracegrow/good/trace"
)

// Request asks for a key, or sets it.
type Request struct {
	Op, Key string
	Value   []byte
}

// Store is what is served.
type Store interface {
	Get(ctx context.Context, key string) ([]byte, error)
	Set(ctx context.Context, key string, value []byte) error
}

// Conn serves one client.
type Conn struct {
	ctx   context.Context
	close context.CancelFunc
	store Store
}

// NewConn returns a connection under ctx. Close must be called.
func NewConn(ctx context.Context, store Store) *Conn {
	c := &Conn{store: store}
	c.ctx, c.close = context.WithCancel(ctx)
	return c
}

// Serve answers requests until the client hangs up or the connection is
// closed.
func (c *Conn) Serve(in <-chan Request, out chan<- []byte) error {
	for {
		select {
		case <-c.ctx.Done():
			return c.ctx.Err()
		case req, ok := <-in:
			if !ok {
				return nil
			}
			answer, err := c.do(req)
			if err != nil {
				answer = fmt.Appendf(nil, "error: %v", err)
			}
			out <- answer
		}
	}
}

func (c *Conn) do(req Request) ([]byte, error) {
	ctx := trace.Begin(c.ctx, req.Op)
	switch req.Op {
	case "get":
		return c.store.Get(ctx, req.Key)
	case "set":
		return nil, c.store.Set(ctx, req.Key, req.Value)
	}
	return nil, fmt.Errorf("unknown operation %q", req.Op)
}

// Close ends Serve.
func (c *Conn) Close() { c.close() }
