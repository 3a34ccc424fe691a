// Package lock runs functions one at a time in a cluster.
package lock

import (
	"context"
	"fmt"
	"time"

	"cases/leaseguard/bad/lease"
)

// guard is a lock that is held.
type guard struct {
	*lease.Lease
	name  string
	since time.Time
}

func (g *guard) age() time.Duration { return time.Since(g.since) }

// Locker locks by name.
type Locker struct {
	Store lease.Store
	TTL   time.Duration
}

func (l *Locker) lock(ctx context.Context, name string) (*guard, error) {
	held, err := lease.Hold(ctx, l.Store, "locks/"+name, l.TTL)
	if err != nil {
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return &guard{Lease: held, name: name, since: time.Now()}, nil
}

// With calls f while it holds the lock; f's context is done when the lock is
// lost.
func (l *Locker) With(ctx context.Context, name string, f func(context.Context) error) error {
	g, err := l.lock(ctx, name) // LEAK
	if err != nil {
		return err
	}
	if err := f(g.Context()); err != nil {
		return fmt.Errorf("under lock %s for %v: %w", g.name, g.age(), err)
	}
	return g.Release(ctx)
}
