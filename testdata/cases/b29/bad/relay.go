// Package relay copies messages between two ends.
package relay

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// End is one end of a relay. Its methods return when ctx is done.
type End interface {
	Recv(ctx context.Context) ([]byte, error)
	Send(ctx context.Context, msg []byte) error
}

// ErrIdle is returned for a relay that was idle for too long.
var ErrIdle = errors.New("relay: idle")

// Relay copies messages.
type Relay struct {
	idle     time.Duration
	messages atomic.Int64
	bytes    atomic.Int64
}

// New returns a relay with an idle timeout.
func New(idle time.Duration) *Relay { return &Relay{idle: idle} }

// Copy copies all messages from src to dst.
func (r *Relay) Copy(parent context.Context, dst, src End) error {
	ctx, cancel := context.WithCancel(parent) // LEAK
	timer := time.AfterFunc(r.idle, cancel)   // LEAK
	defer timer.Stop()
	for {
		msg, err := src.Recv(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return r.reason(ctx, parent, err)
		}
		timer.Reset(r.idle)
		if err := dst.Send(ctx, msg); err != nil {
			return r.reason(ctx, parent, err)
		}
		r.messages.Add(1)
		r.bytes.Add(int64(len(msg)))
	}
}

func (r *Relay) reason(ctx, parent context.Context, err error) error {
	if ctx.Err() != nil && parent.Err() == nil {
		return ErrIdle
	}
	return err
}

// Serve relays pairs of ends as they come, one at a time.
func (r *Relay) Serve(ctx context.Context, pairs <-chan [2]End, done func(error)) {
	for p := range pairs {
		done(r.Copy(ctx, p[1], p[0]))
	}
}
