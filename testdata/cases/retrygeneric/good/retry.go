// Package retry repeats operations that may fail for a while.
package retry

import (
	"context"
	"errors"
	"time"
)

// Policy says how often to try, and how long.
type Policy struct {
	Attempts int
	Limit    time.Duration // of one attempt
	Pause    time.Duration // between two attempts
}

// Temporary is implemented by errors that may pass.
type Temporary interface {
	error
	Temporary() bool
}

func temporary(err error) bool {
	var t Temporary
	return errors.As(err, &t) && t.Temporary()
}

// Do calls op until it succeeds or fails for good. Its result must not need
// the context that op was called with.
func Do[T any](ctx context.Context, p Policy, op func(context.Context) (T, error)) (T, error) {
	var zero T
	var errs []error
	for n := range p.Attempts {
		if n > 0 {
			if err := pause(ctx, p.Pause); err != nil {
				errs = append(errs, err)
				break
			}
		}
		attempt, cancel := context.WithTimeout(ctx, p.Limit)
		v, err := op(attempt)
		cancel()
		if temporary(err) {
			errs = append(errs, err)
			continue
		}
		if err != nil {
			return zero, err
		}
		return v, nil
	}
	return zero, errors.Join(errs...)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
