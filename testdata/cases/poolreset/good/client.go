// Package rpcc calls methods of a remote server.
package rpcc

import (
	"context"
	"errors"
	"sync"
)

// Transport carries a call out.
type Transport interface {
	RoundTrip(ctx context.Context, method string, args []any) (any, error)
}

// ErrClosed is returned by a closed client.
var ErrClosed = errors.New("client is closed")

// Client calls methods.
type Client struct {
	transport Transport

	mu     sync.Mutex
	active map[*call]bool
	closed bool
}

// New returns a client.
func New(t Transport) *Client {
	return &Client{transport: t, active: make(map[*call]bool)}
}

func (cl *Client) begin(c *call) error {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	if cl.closed {
		return ErrClosed
	}
	cl.active[c] = true
	return nil
}

func (cl *Client) end(c *call) {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	delete(cl.active, c)
}

// Call calls a method.
func (cl *Client) Call(ctx context.Context, method string, args ...any) (any, error) {
	c := getCall(ctx, method, args)
	defer putCall(c)
	if err := cl.begin(c); err != nil {
		return nil, err
	}
	defer cl.end(c)
	return cl.transport.RoundTrip(c.ctx, c.method, c.args)
}

// Close interrupts all calls.
func (cl *Client) Close() {
	cl.mu.Lock()
	defer cl.mu.Unlock()
	cl.closed = true
	for c := range cl.active {
		c.cancel()
	}
}
