package feed

import (
	"context"
	"fmt"
)

// Client opens feeds.
type Client struct {
	Dial func(ctx context.Context) (Conn, error)
}

// Open returns the feed of the changes from the given number on.
func (c *Client) Open(ctx context.Context, from uint64) (*Stream, error) {
	s := &Stream{next: from}
	s.ctx, s.cancel = context.WithCancel(ctx)
	conn, err := c.Dial(s.ctx)
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("dial: %w", err)
	}
	s.conn = conn
	if err := s.handshake(); err != nil {
		s.Close()
		return nil, fmt.Errorf("open from %d: %w", from, err)
	}
	return s, nil
}
