// Package retry repeats operations that fail for a while.
package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Policy bounds a series of attempts.
type Policy struct {
	Attempts   int
	PerAttempt time.Duration
	Pause      time.Duration
	MaxPause   time.Duration
}

type temporary interface{ Temporary() bool }

func retriable(err error) bool {
	var t temporary
	return errors.As(err, &t) && t.Temporary()
}

func (p Policy) pause(n int) time.Duration {
	d := p.Pause << min(n, 16)
	if d > p.MaxPause {
		d = p.MaxPause
	}
	return d/2 + rand.N(d/2+1)
}

// Do calls op until it succeeds, fails for good or the attempts are used up.
func Do[T any](ctx context.Context, p Policy, op func(ctx context.Context, n int) (T, error)) (T, error) {
	var zero T
	for n := 0; ; n++ {
		attempt, cancel := context.WithTimeout(ctx, p.PerAttempt) // LEAK
		v, err := op(attempt, n)
		if err == nil {
			cancel()
			return v, nil
		}
		if !retriable(err) || n+1 >= p.Attempts {
			cancel()
			return zero, fmt.Errorf("attempt %d: %w", n+1, err)
		}
		timer := time.NewTimer(p.pause(n))
		select {
		case <-ctx.Done():
			timer.Stop()
			cancel()
			return zero, errors.Join(err, context.Cause(ctx))
		case <-timer.C:
		}
	}
}
