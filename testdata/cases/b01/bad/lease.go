// Package lease keeps leases of a secrets backend alive.
package lease

import (
	"context"
	"errors"
	"sync"
	"time"

	"cases/b01/bad/limits"
)

// Backend renews and revokes.
type Backend interface {
	Renew(ctx context.Context, id string) (time.Duration, error)
	Revoke(ctx context.Context, id string) error
}

// Manager renews leases until it is stopped.
type Manager struct {
	backend Backend
	limits  *limits.Table
	quit    context.Context
	stop    context.CancelFunc

	mu     sync.Mutex
	expiry map[string]time.Time
}

// NewManager returns a manager that lives no longer than parent.
func NewManager(parent context.Context, b Backend, t *limits.Table) *Manager {
	m := &Manager{backend: b, limits: t, expiry: make(map[string]time.Time)}
	m.quit, m.stop = context.WithCancel(parent)
	return m
}

// Stop ends all renewals.
func (m *Manager) Stop() { m.stop() }

// Renew extends the lease.
func (m *Manager) Renew(id string) error {
	ctx, _ := m.limits.Context(m.quit, "renew") // LEAK
	ttl, err := m.backend.Renew(ctx, id)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expiry[id] = time.Now().Add(ttl)
	return nil
}

// Revoke ends the lease.
func (m *Manager) Revoke(id string) error {
	ctx, cancel := m.limits.Context(m.quit, "revoke")
	defer cancel()
	m.mu.Lock()
	delete(m.expiry, id)
	m.mu.Unlock()
	return m.backend.Revoke(ctx, id)
}

// Tick renews what expires before the time given.
func (m *Manager) Tick(before time.Time) error {
	m.mu.Lock()
	var due []string
	for id, at := range m.expiry {
		if at.Before(before) {
			due = append(due, id)
		}
	}
	m.mu.Unlock()
	var errs []error
	for _, id := range due {
		errs = append(errs, m.Renew(id))
	}
	return errors.Join(errs...)
}
