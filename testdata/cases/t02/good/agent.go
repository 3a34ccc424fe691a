// Package agent runs services and watches.
package agent

import (
	"context"
	"fmt"
	"io"
	"sync"

	"cases/t02/good/lifecycle"
)

// Agent runs services.
type Agent struct {
	stack lifecycle.Stack

	mu      sync.Mutex
	watches map[string]io.Closer
}

// New returns an agent without services.
func New() *Agent { return &Agent{watches: make(map[string]io.Closer)} }

// Serve runs a service in the background until Shutdown.
func (a *Agent) Serve(ctx context.Context, serve func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	a.stack.Push(func() { <-done })
	a.stack.Push(cancel)
	go func() {
		defer close(done)
		serve(ctx)
	}()
}

// Connect connects to a peer until Shutdown.
func (a *Agent) Connect(ctx context.Context, addr string, dial func(ctx context.Context, addr string) error) error {
	p, err := connect(ctx, addr, dial)
	if err != nil {
		return fmt.Errorf("peer %s: %w", addr, err)
	}
	a.stack.PushCloser(p)
	return nil
}

// Watch watches a key; a second watch of the same key takes its place.
func (a *Agent) Watch(ctx context.Context, key string, f func(context.Context, string)) {
	w := newWatch(ctx, key, f)
	a.mu.Lock()
	old := a.watches[key]
	a.watches[key] = w
	a.mu.Unlock()
	if old != nil {
		old.Close()
	}
}

// Shutdown ends everything.
func (a *Agent) Shutdown() error {
	a.mu.Lock()
	for key, w := range a.watches {
		w.Close()
		delete(a.watches, key)
	}
	a.mu.Unlock()
	return a.stack.Drain()
}
