// Package nslock locks names. The holder's context ends when the lock is lost.
package nslock

import (
	"context"
	"sync"
	"time"
)

// Context is the context of a holder.
type Context struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Context returns the context to work under.
func (c Context) Context() context.Context { return c.ctx }

// Cancel frees the context.
func (c Context) Cancel() {
	if c.cancel != nil {
		c.cancel()
	}
}

// Locks is a set of locks by name.
type Locks struct {
	mu   sync.Mutex
	held map[string]chan struct{}
}

// Lock waits for the lock of name at most as long as limit. Both Unlock and
// Cancel of the result must be called.
func (l *Locks) Lock(ctx context.Context, name string, limit time.Duration) (Context, error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		l.mu.Lock()
		held, ok := l.held[name]
		if !ok {
			if l.held == nil {
				l.held = make(map[string]chan struct{})
			}
			l.held[name] = make(chan struct{})
			l.mu.Unlock()
			ctx, cancel := context.WithCancel(ctx)
			return Context{ctx: ctx, cancel: cancel}, nil
		}
		l.mu.Unlock()
		select {
		case <-held:
		case <-timer.C:
			return Context{}, context.DeadlineExceeded
		case <-ctx.Done():
			return Context{}, ctx.Err()
		}
	}
}

// Unlock frees the lock of name.
func (l *Locks) Unlock(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.held[name])
	delete(l.held, name)
}
