// Package guard bounds work and says why it ended.
package guard

import (
	"context"
	"errors"
	"time"
)

// ErrLimit is the cause of guarded work that took too long.
var ErrLimit = errors.New("limit exceeded")

// Begin returns a child of ctx that ends after limit, and the function that
// ends it. The function must be called; its argument becomes the cause.
func Begin(ctx context.Context, limit time.Duration) (context.Context, context.CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	ctx, stop := context.WithTimeoutCause(ctx, limit, ErrLimit)
	return ctx, func(cause error) {
		cancel(cause)
		stop()
	}
}
