// Package reconnect keeps connections up.
package reconnect

import (
	"context"
	"errors"
	"time"
)

// Link is a connection that was dialled under a context.
type Link interface {
	Recv() ([]byte, error)
}

// Dial dials.
type Dial func(ctx context.Context) (Link, error)

// Errors of links.
var (
	ErrLost  = errors.New("link is lost")
	ErrFatal = errors.New("link was refused")
)

// Client reads from a link and replaces it when it is lost.
type Client struct {
	dial   Dial
	pause  time.Duration
	link   Link
	cancel context.CancelFunc
	dials  int
}

// New returns a client.
func New(dial Dial, pause time.Duration) *Client { return &Client{dial: dial, pause: pause} }

func (c *Client) teardown() {
	if c.cancel == nil {
		return
	}
	c.cancel()
	c.cancel, c.link = nil, nil
}

func (c *Client) redial(parent context.Context) error {
	c.teardown()
	ctx, cancel := context.WithCancel(parent)
	link, err := c.dial(ctx)
	c.dials++
	if err != nil {
		cancel()
		return err
	}
	c.link, c.cancel = link, cancel
	return nil
}

// Run reads messages until ctx is done.
func (c *Client) Run(ctx context.Context, handle func([]byte)) error {
	defer c.teardown()
	for ctx.Err() == nil {
		if c.link == nil {
			if err := c.redial(ctx); errors.Is(err, ErrFatal) {
				return err
			} else if err != nil {
				time.Sleep(c.pause)
				continue
			}
		}
		msg, err := c.link.Recv()
		if errors.Is(err, ErrLost) {
			if err := c.redial(ctx); err != nil {
				time.Sleep(c.pause)
			}
			continue
		}
		if err != nil {
			return err
		}
		handle(msg)
	}
	return ctx.Err()
}

// Follow reads messages without a client.
func Follow(parent context.Context, dial Dial, handle func([]byte)) error {
	var (
		ctx    context.Context
		cancel = func() {}
	)
	defer func() { cancel() }()
redial:
	for {
		cancel()
		ctx, cancel = context.WithCancel(parent)
		link, err := dial(ctx)
		if err != nil {
			return err
		}
		for {
			msg, err := link.Recv()
			switch {
			case errors.Is(err, ErrLost):
				continue redial
			case err != nil:
				return err
			}
			handle(msg)
		}
	}
}

// Probe dials until it succeeds, each time within the limit.
func Probe(parent context.Context, dial Dial, limit time.Duration) (tries int, err error) {
	for {
		ctx, cancel := context.WithTimeout(parent, limit)
		tries++
		if _, err = dial(ctx); err == nil {
			cancel()
			return tries, nil
		}
		if errors.Is(err, ErrFatal) {
			cancel()
			break
		}
		if errors.Is(err, ErrLost) {
			cancel()
			continue
		}
		<-ctx.Done()
		cancel()
		if parent.Err() != nil {
			return tries, parent.Err()
		}
	}
	return tries, err
}
