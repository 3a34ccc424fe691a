// Package upstream is an address that can change, and its health.
package upstream

import (
	"context"
	"sync"
	"time"

	"cases/u03/good/probe"
)

// Upstream is checked all the time.
type Upstream struct {
	mu    sync.Mutex
	probe *probe.Probe
	check func(ctx context.Context, addr string) error
}

// New returns an upstream without an address.
func New(check func(context.Context, string) error) *Upstream {
	return &Upstream{check: check}
}

func (u *Upstream) stopLocked() {
	if u.probe == nil {
		return
	}
	u.probe.Close()
	u.probe = nil
}

func (u *Upstream) point(ctx context.Context, addr string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.stopLocked()
	u.probe = probe.Start(ctx, addr, 5*time.Second, u.check)
}

// Follow takes new addresses until there are no more.
func (u *Upstream) Follow(ctx context.Context, addrs <-chan string) {
	defer u.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case addr, ok := <-addrs:
			if !ok {
				return
			}
			u.point(ctx, addr)
		}
	}
}

// Healthy returns the address while it is healthy.
func (u *Upstream) Healthy() (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.probe == nil || !u.probe.OK() {
		return "", false
	}
	return u.probe.Addr, true
}

// Close ends the checks.
func (u *Upstream) Close() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.stopLocked()
}
