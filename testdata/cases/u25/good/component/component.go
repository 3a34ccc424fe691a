// Package component is what servers embed.
package component

import (
	"context"
	"sync"
)

// Base holds what is to be released when a component closes.
type Base struct {
	mu      sync.Mutex
	closers []func()
	closed  bool
}

// OnClose calls f when the component closes, or now where it has.
func (b *Base) OnClose(f func()) {
	b.mu.Lock()
	if !b.closed {
		b.closers = append(b.closers, f)
		b.mu.Unlock()
		return
	}
	b.mu.Unlock()
	f()
}

// Close releases everything in reverse order.
func (b *Base) Close() {
	b.mu.Lock()
	closers := b.closers
	b.closers, b.closed = nil, true
	b.mu.Unlock()
	for n := len(closers) - 1; n >= 0; n-- {
		closers[n]()
	}
}

// Scope returns a child of ctx that ends when the component closes.
func (b *Base) Scope(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	b.OnClose(cancel)
	return ctx
}
