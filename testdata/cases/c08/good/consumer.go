// Package consumer works through a queue.
package consumer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// Message is one delivery.
type Message interface {
	Body() []byte
	Ack() error
	Nak(delay time.Duration) error
	Deadline() time.Time
}

// Consumer hands messages to a handler.
type Consumer struct {
	Messages <-chan Message
	Handle   func(ctx context.Context, body []byte) error
	Backoff  time.Duration
	Log      *slog.Logger
}

// Run works until the queue is closed or ctx is done.
func (c *Consumer) Run(ctx context.Context) error {
	health := time.NewTicker(time.Minute)
	defer health.Stop()
	done, failed := 0, 0
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-health.C:
			c.Log.InfoContext(ctx, "consumer", "done", done, "failed", failed)
		case m, ok := <-c.Messages:
			if !ok {
				return nil
			}
			err := c.handle(ctx, m)
			switch {
			case errors.Is(err, errHandler):
				failed++
			case err != nil:
				return err
			default:
				done++
			}
		}
	}
}

func (c *Consumer) handle(ctx context.Context, m Message) error {
	ctx, cancel := context.WithDeadline(ctx, m.Deadline())
	defer cancel()
	if err := c.Handle(ctx, m.Body()); err != nil {
		if err := m.Nak(c.Backoff); err != nil {
			return fmt.Errorf("nak: %w", err)
		}
		return errHandler
	}
	if err := m.Ack(); err != nil {
		return fmt.Errorf("ack: %w", err)
	}
	return nil
}

var errHandler = errors.New("handler failed")

// Failed says whether err came from the handler.
func Failed(err error) bool { return errors.Is(err, errHandler) }
