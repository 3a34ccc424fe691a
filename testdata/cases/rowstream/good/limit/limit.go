// Package limit bounds what one statement may take.
package limit

import (
	"context"
	"time"
)

// Budget is what a statement may take.
type Budget struct {
	Time time.Duration // 0 for no limit
	Rows int
}

// Apply returns the context to run a statement in. The caller must call the
// function when the statement's rows are read.
func (b Budget) Apply(ctx context.Context) (context.Context, context.CancelFunc) {
	if b.Time <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, b.Time)
}
