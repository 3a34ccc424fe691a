// Package pull fetches batches of messages.
package pull

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Msg is a message; one without data is a heartbeat.
type Msg struct {
	Subject string
	Data    []byte
}

// Conn requests messages. The channel delivers until ctx is done.
type Conn interface {
	Request(ctx context.Context, n int) (<-chan Msg, error)
}

// ErrNoHeartbeat is the error of a batch whose server went silent.
var ErrNoHeartbeat = errors.New("pull: no heartbeat")

// Batch is a batch in delivery.
type Batch struct {
	msgs chan Msg
	mu   sync.Mutex
	err  error
}

// Msgs delivers the messages and is closed at the end of the batch.
func (b *Batch) Msgs() <-chan Msg { return b.msgs }

// Err returns why the batch ended early.
func (b *Batch) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *Batch) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

// Consumer fetches batches.
type Consumer struct {
	conn      Conn
	heartbeat time.Duration
}

// NewConsumer returns a consumer.
func NewConsumer(conn Conn, heartbeat time.Duration) *Consumer {
	return &Consumer{conn: conn, heartbeat: heartbeat}
}

// Fetch requests n messages and returns at once.
func (c *Consumer) Fetch(parent context.Context, n int) (*Batch, error) {
	ctx, cancel := context.WithCancel(parent) // LEAK
	in, err := c.conn.Request(ctx, n)
	if err != nil {
		cancel()
		return nil, err
	}
	b := &Batch{msgs: make(chan Msg, n)}
	go func() {
		defer close(b.msgs)
		silence := time.NewTimer(2 * c.heartbeat)
		defer silence.Stop()
		for got := 0; got < n; {
			select {
			case m := <-in:
				silence.Reset(2 * c.heartbeat)
				if m.Data != nil {
					b.msgs <- m
					got++
				}
			case <-silence.C:
				b.fail(ErrNoHeartbeat)
				cancel()
				return
			case <-ctx.Done():
				b.fail(ctx.Err())
				return
			}
		}
	}()
	return b, nil
}
