// Package lease holds exclusive keys in a store by renewing them.
package lease

import (
	"context"
	"fmt"
	"time"
)

// Store is where leases live.
type Store interface {
	Acquire(ctx context.Context, key string, ttl time.Duration) error
	Renew(ctx context.Context, key string, ttl time.Duration) error
	Release(key string) error
}

// Lease is a held key.
type Lease struct {
	store  Store
	key    string
	cancel context.CancelFunc
	done   chan struct{}
}

// Acquire takes key and renews it until Release.
func Acquire(ctx context.Context, s Store, key string, ttl time.Duration) (*Lease, error) {
	if err := s.Acquire(ctx, key, ttl); err != nil {
		return nil, fmt.Errorf("lease %s: %w", key, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	l := &Lease{store: s, key: key, cancel: cancel, done: make(chan struct{})}
	go l.renew(ctx, ttl)
	return l, nil
}

func (l *Lease) renew(ctx context.Context, ttl time.Duration) {
	defer close(l.done)
	t := time.NewTicker(ttl / 3)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_ = l.store.Renew(ctx, l.key, ttl)
		}
	}
}

// Key is the held key.
func (l *Lease) Key() string { return l.key }

// Release gives the key back.
func (l *Lease) Release() error {
	l.cancel()
	<-l.done
	return l.store.Release(l.key)
}
