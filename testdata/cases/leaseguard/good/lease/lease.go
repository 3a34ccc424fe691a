// Package lease holds leases in a shared store.
package lease

import (
	"context"
	"time"
)

// Store keeps leases.
type Store interface {
	Put(ctx context.Context, key string, ttl time.Duration) error
	Delete(ctx context.Context, key string) error
}

// Lease is a lease that is renewed until it is released.
type Lease struct {
	store  Store
	key    string
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{}
}

// Hold takes a lease. Release must be called.
func Hold(ctx context.Context, store Store, key string, ttl time.Duration) (*Lease, error) {
	if err := store.Put(ctx, key, ttl); err != nil {
		return nil, err
	}
	l := &Lease{store: store, key: key, done: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancelCause(ctx)
	go l.renew(ttl)
	return l, nil
}

func (l *Lease) renew(ttl time.Duration) {
	defer close(l.done)
	tick := time.NewTicker(ttl / 2)
	defer tick.Stop()
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-tick.C:
			if err := l.store.Put(l.ctx, l.key, ttl); err != nil {
				l.cancel(err)
			}
		}
	}
}

// Context is done when the lease is lost or released.
func (l *Lease) Context() context.Context { return l.ctx }

// Release gives the lease back.
func (l *Lease) Release(ctx context.Context) error {
	l.cancel(nil)
	<-l.done
	return l.store.Delete(ctx, l.key)
}
