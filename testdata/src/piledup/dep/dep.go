// Package dep keeps log fields in a context, for another package.
package dep

// Helpers of the imported package: one derives at every call, the other at the first one only.

import (
	"context"
	"sync"
	"time"
)

type fieldKey struct{ name string }

// WithField returns a context with a field.
func WithField(ctx context.Context, name, value string) context.Context {
	return context.WithValue(ctx, fieldKey{name}, value)
}

// WithLimit returns a context that ends after a second at the latest.
func WithLimit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, time.Second)
}

type metaKey struct{}

type meta struct {
	mu     sync.Mutex
	fields map[string]string
}

// SetField sets a field of ctx. It derives a context where ctx has no fields yet.
func SetField(ctx context.Context, name, value string) context.Context {
	m, ok := ctx.Value(metaKey{}).(*meta)
	if !ok {
		m = &meta{fields: make(map[string]string)}
		ctx = context.WithValue(ctx, metaKey{}, m)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fields[name] = value
	return ctx
}
