// Package health watches backends.
package health

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Checker watches one backend. Stop must be called.
type Checker struct {
	url    string
	up     atomic.Bool
	cancel context.CancelFunc
}

// Watch checks url every interval.
func Watch(ctx context.Context, url string, interval time.Duration) *Checker {
	c := &Checker{url: url}
	ctx, c.cancel = context.WithCancel(ctx)
	go c.loop(ctx, interval)
	return c
}

func (c *Checker) loop(ctx context.Context, interval time.Duration) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		c.up.Store(c.probe(ctx, interval))
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (c *Checker) probe(ctx context.Context, limit time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, c.url, nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode < 500
}

// Up says whether the backend answers.
func (c *Checker) Up() bool { return c.up.Load() }

// Stop ends the watch.
func (c *Checker) Stop() { c.cancel() }
