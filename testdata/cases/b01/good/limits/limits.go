// Package limits knows how long each operation of a backend may take.
package limits

import (
	"context"
	"time"
)

// Table holds the limits by operation.
type Table struct {
	Default time.Duration
	PerOp   map[string]time.Duration
}

// Context returns a context bounded by the limit of op, and the function that
// frees it.
func (t *Table) Context(parent context.Context, op string) (context.Context, context.CancelFunc) {
	d, ok := t.PerOp[op]
	if !ok {
		d = t.Default
	}
	if d <= 0 {
		return context.WithCancel(parent)
	}
	return context.WithTimeout(parent, d)
}
