// Package lease hands out leases on schema descriptors.
package lease

import (
	"context"
	"fmt"
	"time"
)

// Descriptor describes a table.
type Descriptor struct {
	ID      int64
	Version int
	Dropped bool
}

// Store reads descriptors and extends leases.
type Store interface {
	Read(ctx context.Context, id int64) (*Descriptor, error)
	Extend(ctx context.Context, id int64, until time.Time) error
}

// Lease keeps a version of a descriptor in use until it is released.
type Lease struct {
	*Descriptor
	cancel context.CancelFunc
	done   chan struct{}
}

// Release gives the lease back.
func (l *Lease) Release() {
	l.cancel()
	<-l.done
}

// Manager acquires leases.
type Manager struct {
	store Store
	term  time.Duration
}

// NewManager returns a manager of leases that are renewed twice per term.
func NewManager(store Store, term time.Duration) *Manager {
	return &Manager{store: store, term: term}
}

// Acquire returns a lease on the descriptor, or nil where it was dropped.
func (m *Manager) Acquire(ctx context.Context, id int64) (l *Lease, err error) {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	desc, err := m.store.Read(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("descriptor %d: %w", id, err)
	}
	if desc.Dropped {
		return nil, nil
	}
	if err := m.store.Extend(ctx, id, time.Now().Add(m.term)); err != nil {
		return nil, fmt.Errorf("lease on %d: %w", id, err)
	}
	l = &Lease{Descriptor: desc, cancel: cancel, done: make(chan struct{})}
	go m.renew(ctx, l)
	return l, nil
}

func (m *Manager) renew(ctx context.Context, l *Lease) {
	defer close(l.done)
	tick := time.NewTicker(m.term / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			// A failed extension is tried again on the next tick.
			_ = m.store.Extend(ctx, l.ID, now.Add(m.term))
		}
	}
}
