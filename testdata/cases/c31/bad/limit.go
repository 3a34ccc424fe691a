// Package limit bounds the rate of calls per tenant.
package limit

import (
	"context"
	"sync"
	"time"
)

// Limits are calls per second.
type Limits struct {
	Default int
	Tenants map[string]int
}

type bucket struct {
	tokens chan struct{}
	cancel context.CancelFunc
}

// Limiter is a set of token buckets.
type Limiter struct {
	ctx  context.Context
	stop context.CancelFunc

	mu      sync.Mutex
	limits  Limits
	buckets map[string]*bucket
}

// New returns a limiter. Close must be called.
func New(parent context.Context, l Limits) *Limiter {
	ctx, stop := context.WithCancel(parent)
	return &Limiter{ctx: ctx, stop: stop, limits: l, buckets: map[string]*bucket{}}
}

func (l *Limiter) bucket(tenant string) *bucket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.buckets[tenant]; ok {
		return b
	}
	rate, ok := l.limits.Tenants[tenant]
	if !ok {
		rate = l.limits.Default
	}
	ctx, cancel := context.WithCancel(l.ctx) // LEAK
	b := &bucket{tokens: make(chan struct{}, max(rate, 1)), cancel: cancel}
	l.buckets[tenant] = b
	go b.refill(ctx, time.Second/time.Duration(max(rate, 1)))
	return b
}

func (b *bucket) refill(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		select {
		case b.tokens <- struct{}{}:
		default:
		}
	}
}

// Allow takes a token of tenant, if there is one.
func (l *Limiter) Allow(tenant string) bool {
	select {
	case <-l.bucket(tenant).tokens:
		return true
	default:
		return false
	}
}

// Evict forgets a tenant.
func (l *Limiter) Evict(tenant string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.buckets[tenant]; ok {
		b.cancel()
		delete(l.buckets, tenant)
	}
}

// SetLimits starts over with other limits.
func (l *Limiter) SetLimits(limits Limits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits = limits
	clear(l.buckets) // LEAK
}

// Follow takes new limits until there are no more.
func (l *Limiter) Follow(updates <-chan Limits) {
	for u := range updates {
		l.SetLimits(u)
	}
}

// Close ends all refilling.
func (l *Limiter) Close() { l.stop() }
