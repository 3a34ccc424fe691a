// Package tail follows logs over flaky connections.
package tail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cases/b07/good/stream"
)

// Tailer follows one query.
type Tailer struct {
	dial    func(context.Context) (stream.Receiver, error)
	emit    func(line string)
	backoff time.Duration

	current    *stream.Stream
	reconnects int
}

// New returns a tailer that calls emit for each line.
func New(dial func(context.Context) (stream.Receiver, error), backoff time.Duration, emit func(string)) *Tailer {
	return &Tailer{dial: dial, emit: emit, backoff: backoff}
}

func (t *Tailer) connect(ctx context.Context) error {
	s, err := stream.Open(ctx, t.dial)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if t.current != nil {
		t.current.Close()
	}
	t.current = s
	return nil
}

// Run follows the log until ctx is done or there is no way to reconnect.
func (t *Tailer) Run(ctx context.Context) error {
	if err := t.connect(ctx); err != nil {
		return err
	}
	defer func() { t.current.Close() }()
	for {
		line, err := t.current.Next()
		switch {
		case errors.Is(err, stream.ErrBroken):
			select {
			case <-time.After(t.backoff):
			case <-ctx.Done():
				return ctx.Err()
			}
			t.reconnects++
			if err := t.connect(ctx); err != nil {
				return err
			}
		case err != nil:
			return err
		default:
			t.emit(line)
		}
	}
}
