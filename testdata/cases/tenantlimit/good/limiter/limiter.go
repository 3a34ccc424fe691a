// Package limiter limits how often something happens.
package limiter

import (
	"context"
	"time"
)

// Limiter hands out tokens.
type Limiter interface {
	// Wait waits for a token.
	Wait(ctx context.Context) error
	// Stop ends the refilling; it must be called.
	Stop()
}

type bucket struct {
	tokens chan struct{}
	cancel context.CancelFunc
}

// New returns a limiter of one token per interval, with a number in advance.
func New(ctx context.Context, interval time.Duration, burst int) Limiter {
	ctx, cancel := context.WithCancel(ctx)
	b := &bucket{tokens: make(chan struct{}, burst), cancel: cancel}
	for range burst {
		b.tokens <- struct{}{}
	}
	go b.refill(ctx, interval)
	return b
}

func (b *bucket) refill(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			select {
			case b.tokens <- struct{}{}:
			default:
			}
		}
	}
}

func (b *bucket) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-b.tokens:
		return nil
	}
}

func (b *bucket) Stop() { b.cancel() }
