// Package budget bounds calls by their kind.
package budget

import (
	"context"
	"time"
)

// Budget says how long calls may take.
type Budget struct {
	Default time.Duration
	ByKind  map[string]time.Duration
}

// With returns a child of ctx for one call of a kind.
func (b Budget) With(ctx context.Context, kind string) (context.Context, context.CancelFunc) {
	if d, ok := b.ByKind[kind]; ok {
		return context.WithTimeout(ctx, d)
	}
	if b.Default > 0 {
		return context.WithTimeout(ctx, b.Default)
	}
	return context.WithCancel(ctx)
}
