// Package batch sends requests one batch at a time.
package batch

import (
	"context"
	"errors"
	"maps"
	"sync"
)

// Request is one request; it is valid for one call of Do.
type Request struct {
	ctx    context.Context
	key    string
	labels map[string]string
	reply  chan Reply
}

// Reply is the reply to a request.
type Reply struct {
	Value []byte
	Err   error
}

// Context returns the context of the caller.
func (r *Request) Context() context.Context { return r.ctx }

// NewRequest returns a request for key.
func NewRequest(ctx context.Context, key string) *Request {
	return &Request{ctx: ctx, key: key, reply: make(chan Reply, 1)}
}

// Label returns a copy of r with a label.
func (r *Request) Label(name, value string) *Request {
	r2 := *r
	r2.labels = maps.Clone(r.labels)
	if r2.labels == nil {
		r2.labels = make(map[string]string)
	}
	r2.labels[name] = value
	return &r2
}

// WithContext returns a copy of r with another context.
func (r *Request) WithContext(ctx context.Context) *Request {
	r2 := *r
	r2.ctx = ctx
	return &r2
}

// Send sends a batch and replies to each request.
type Send func(batch []*Request) []Reply

// Client batches requests.
type Client struct {
	queue chan *Request
	send  Send

	mu      sync.Mutex
	pending map[*Request]context.Context
}

// New returns a client; Run must be running.
func New(send Send) *Client {
	return &Client{queue: make(chan *Request), send: send, pending: make(map[*Request]context.Context)}
}

// Pending returns how many callers still wait.
func (c *Client) Pending() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ctx := range c.pending {
		if ctx.Err() == nil {
			n++
		}
	}
	return n
}

// Do sends r and waits for its reply.
func (c *Client) Do(r *Request) ([]byte, error) {
	c.mu.Lock()
	c.pending[r] = r.ctx
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.pending, r)
	}()
	select {
	case c.queue <- r:
	case <-r.ctx.Done():
		return nil, r.ctx.Err()
	}
	select {
	case reply := <-r.reply:
		return reply.Value, reply.Err
	case <-r.ctx.Done():
		return nil, r.ctx.Err()
	}
}

// Get gets the value of key.
func (c *Client) Get(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(errors.New("call is over"))
	return c.Do(NewRequest(ctx, key).Label("op", "get"))
}

// Run sends batches of at most n requests until ctx is done.
func (c *Client) Run(ctx context.Context, n int) {
	for {
		var batch []*Request
		select {
		case r := <-c.queue:
			batch = append(batch, r)
		case <-ctx.Done():
			return
		}
		for len(batch) < n {
			select {
			case r := <-c.queue:
				batch = append(batch, r)
				continue
			default:
			}
			break
		}
		for i, reply := range c.send(batch) {
			batch[i].reply <- reply
		}
	}
}
