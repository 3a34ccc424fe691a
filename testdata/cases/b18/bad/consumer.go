// Package consume handles the messages of a queue.
package consume

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

type traceKey struct{}

// Message is one message.
type Message struct {
	ID      string
	TraceID string
	Body    []byte
}

// Queue yields messages; Next blocks.
type Queue interface {
	Next(ctx context.Context) (*Message, error)
	Ack(ctx context.Context, id string) error
}

// ErrClosed is returned by a queue that was closed.
var ErrClosed = errors.New("queue is closed")

// Consumer handles messages one by one.
type Consumer struct {
	q      Queue
	limit  time.Duration
	handle func(ctx context.Context, m *Message) error
}

// New returns a consumer.
func New(q Queue, limit time.Duration, handle func(context.Context, *Message) error) *Consumer {
	return &Consumer{q: q, limit: limit, handle: handle}
}

func annotate(ctx context.Context, m *Message) context.Context {
	if m.TraceID == "" {
		return ctx
	}
	return context.WithValue(ctx, traceKey{}, m.TraceID)
}

// TraceID returns the trace of ctx.
func TraceID(ctx context.Context) string {
	id, _ := ctx.Value(traceKey{}).(string)
	return id
}

func (c *Consumer) one(ctx context.Context, m *Message) error {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	if err := c.handle(ctx, m); err != nil {
		return err
	}
	return c.q.Ack(ctx, m.ID)
}

// Run handles messages until ctx is done or the queue is closed.
func (c *Consumer) Run(ctx context.Context) error {
	for {
		m, err := c.q.Next(ctx)
		if errors.Is(err, ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		ctx = annotate(ctx, m) // LEAK
		if err := c.one(ctx, m); err != nil {
			slog.ErrorContext(ctx, "message failed", "id", m.ID, "err", err)
		}
	}
}
