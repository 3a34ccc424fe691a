// Package rpc calls methods of a peer.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Transport sends a request and waits for the answer.
type Transport interface {
	RoundTrip(ctx context.Context, method string, body []byte) ([]byte, error)
}

// ErrTooBig is returned for a body over the limit.
var ErrTooBig = errors.New("rpc: body is too big")

type stats struct {
	calls  int
	spent  time.Duration
	failed int
}

// Client calls methods.
type Client struct {
	tr      Transport
	limits  map[string]time.Duration
	maxBody int

	mu    sync.Mutex
	stats map[string]stats
}

// New returns a client; limits are per method.
func New(tr Transport, maxBody int, limits map[string]time.Duration) *Client {
	return &Client{tr: tr, maxBody: maxBody, limits: limits, stats: make(map[string]stats)}
}

func (c *Client) finish(method string, begin time.Time, err *error, cancel func()) {
	cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats[method]
	s.calls++
	s.spent += time.Since(begin)
	if *err != nil {
		s.failed++
	}
	c.stats[method] = s
}

// Call calls method and returns the answer.
func (c *Client) Call(ctx context.Context, method string, body []byte) (answer []byte, err error) {
	cancel := func() {}
	begin := time.Now()
	defer func() { c.finish(method, begin, &err, cancel) }()
	if len(body) > c.maxBody {
		return nil, ErrTooBig
	}
	if d, ok := c.limits[method]; ok {
		ctx, cancel = context.WithTimeout(ctx, d)
	}
	answer, err = c.tr.RoundTrip(ctx, method, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return answer, nil
}

// Calls returns how often method was called.
func (c *Client) Calls(method string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats[method].calls
}
