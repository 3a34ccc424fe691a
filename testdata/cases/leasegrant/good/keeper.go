// Package lease takes leases and keeps them alive.
package lease

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrHeld is returned by a store for a key that is taken.
var ErrHeld = errors.New("lease is held")

// Store keeps the leases of all processes.
type Store interface {
	Grant(ctx context.Context, key string, ttl time.Duration) (id int64, err error)
	Renew(ctx context.Context, id int64) error
}

// Lease is a lease that renews itself until it is released.
type Lease struct {
	ID     int64
	cancel context.CancelFunc
	done   chan struct{}
}

// Release ends the renewals.
func (l *Lease) Release() {
	l.cancel()
	<-l.done
}

// Keeper takes leases.
type Keeper struct {
	store Store
	ttl   time.Duration
}

// NewKeeper returns a keeper of leases that last ttl.
func NewKeeper(store Store, ttl time.Duration) *Keeper {
	return &Keeper{store: store, ttl: ttl}
}

// TryAcquire takes the lease of key. It returns nil if somebody else has it.
func (k *Keeper) TryAcquire(ctx context.Context, key string) (lease *Lease, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if lease == nil {
			cancel()
		}
	}()
	id, err := k.store.Grant(ctx, key, k.ttl)
	if errors.Is(err, ErrHeld) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("grant %s: %w", key, err)
	}
	lease = &Lease{ID: id, cancel: cancel, done: make(chan struct{})}
	go k.renew(ctx, lease)
	return lease, nil
}

func (k *Keeper) renew(ctx context.Context, l *Lease) {
	defer close(l.done)
	tick := time.NewTicker(k.ttl / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := k.store.Renew(ctx, l.ID); err != nil {
				l.cancel()
				return
			}
		}
	}
}
