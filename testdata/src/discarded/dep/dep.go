// Package dep makes contexts for other packages.
package dep

import (
	"context"
	"time"
)

// WithDefault returns a child of parent with the default limit.
func WithDefault(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Hour)
}

// Limits are the limits of a client.
type Limits struct{ Read, Write time.Duration }

// ForRead returns a child of parent with the limit of a read. The function
// comes first.
func (l *Limits) ForRead(parent context.Context) (func(), context.Context) {
	ctx, cancel := context.WithTimeout(parent, l.Read)
	return cancel, ctx
}

// WithTag returns a child of parent that nobody needs to cancel.
func WithTag(parent context.Context, tag string) (context.Context, func() string) {
	return context.WithValue(parent, tagKey{}, tag), func() string { return tag }
}

type tagKey struct{}
