// Package metrics sends measurements to a collector.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"cases/linkdown/good/link"
)

// Client sends measurements and reconnects where needed.
type Client struct {
	ctx  context.Context
	quit context.CancelFunc
	addr string

	mu   sync.Mutex
	link *link.Link // nil when disconnected
	lost int
}

// NewClient returns a client that connects when there is something to send.
func NewClient(ctx context.Context, addr string) *Client {
	c := &Client{addr: addr}
	c.ctx, c.quit = context.WithCancel(ctx)
	return c
}

func (c *Client) connect() error {
	if c.link != nil {
		return nil
	}
	l, err := link.Dial(c.ctx, c.addr, time.Minute)
	if err != nil {
		return err
	}
	c.link = l
	return nil
}

func (c *Client) disconnect() error {
	if c.link == nil {
		return nil
	}
	l := c.link
	c.link = nil
	return l.Close()
}

// Send sends a measurement.
func (c *Client) Send(name string, value float64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.connect(); err != nil {
		c.lost++
		return err
	}
	if err := c.link.Send(fmt.Appendf(nil, "%s %g\n", name, value)); err != nil {
		c.lost++
		return errors.Join(err, c.disconnect())
	}
	return nil
}

// Close disconnects.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.quit()
	return c.disconnect()
}
