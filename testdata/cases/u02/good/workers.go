// Package workers keeps one context for each unit over many syncs.
package workers

import (
	"context"
	"sync"
	"time"
)

type unit struct {
	ctx     context.Context
	cancel  context.CancelFunc
	synced  time.Time
	started bool
}

// Pool syncs units.
type Pool struct {
	base context.Context
	quit context.CancelFunc
	sync func(ctx context.Context, name string) error

	mu    sync.Mutex
	units map[string]*unit
}

// NewPool returns a pool under parent.
func NewPool(parent context.Context, sync func(context.Context, string) error) *Pool {
	base, quit := context.WithCancel(parent)
	return &Pool{base: base, quit: quit, sync: sync, units: map[string]*unit{}}
}

func (p *Pool) context(name string) context.Context {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, ok := p.units[name]
	if !ok {
		u = &unit{}
		p.units[name] = u
	}
	if u.ctx == nil || u.ctx.Err() != nil {
		u.ctx, u.cancel = context.WithCancel(p.base)
	}
	return u.ctx
}

// Sync runs one sync of a unit.
func (p *Pool) Sync(name string) error {
	ctx := p.context(name)
	err := p.sync(ctx, name)
	p.mu.Lock()
	defer p.mu.Unlock()
	if u, ok := p.units[name]; ok {
		u.synced = time.Now()
		u.started = u.started || err == nil
	}
	return err
}

// Interrupt ends the syncs in progress; a later Sync starts anew.
func (p *Pool) Interrupt(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if u, ok := p.units[name]; ok && u.cancel != nil {
		u.cancel()
	}
}

// Remove ends and forgets a unit.
func (p *Pool) Remove(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	u, ok := p.units[name]
	if !ok {
		return false
	}
	delete(p.units, name)
	if u.cancel != nil {
		u.cancel()
	}
	return u.started
}

// Close ends all units.
func (p *Pool) Close() { p.quit() }
