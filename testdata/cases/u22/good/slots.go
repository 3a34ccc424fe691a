// Package slots leases typed values for a time.
package slots

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrNone is returned where all slots are taken.
var ErrNone = errors.New("no free slot")

type lease struct {
	ctx    context.Context
	cancel context.CancelFunc
	holder string
}

type slot[T any] struct {
	value T
	lease lease
	taken bool
}

func (s *slot[T]) vacate() {
	if s.lease.cancel != nil {
		s.lease.cancel()
	}
	s.lease = lease{}
	s.taken = false
}

// Pool is a set of slots.
type Pool[T any] struct {
	mu    sync.Mutex
	slots []slot[T]
}

// New returns a pool of the given values.
func New[T any](values ...T) *Pool[T] {
	p := &Pool[T]{slots: make([]slot[T], 0, len(values))}
	for _, v := range values {
		p.slots = append(p.slots, slot[T]{value: v})
	}
	return p
}

// Take leases a value to holder for a time. The function gives it back.
func (p *Pool[T]) Take(ctx context.Context, holder string, d time.Duration) (context.Context, T, func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		s := &p.slots[i]
		if s.taken && s.lease.ctx.Err() == nil {
			continue
		}
		s.vacate()
		s.lease.ctx, s.lease.cancel = context.WithTimeout(ctx, d)
		s.lease.holder = holder
		s.taken = true
		mine := s.lease
		return mine.ctx, s.value, func() {
			mine.cancel()
		}, nil
	}
	var zero T
	return nil, zero, nil, ErrNone
}

// Revoke ends the leases of holder.
func (p *Pool[T]) Revoke(holder string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.slots {
		if s := &p.slots[i]; s.taken && s.lease.holder == holder {
			s.vacate()
		}
	}
}

// Close ends all leases.
func (p *Pool[T]) Close() {
	p.mu.Lock()
	slots := p.slots
	p.slots = nil
	p.mu.Unlock()
	for _, s := range slots {
		if s.lease.cancel != nil {
			s.lease.cancel()
		}
	}
}

// With calls f with a leased value.
func With[T any](ctx context.Context, p *Pool[T], holder string, f func(context.Context, T) error) error {
	ctx, v, giveBack, err := p.Take(ctx, holder, time.Minute)
	if err != nil {
		return err
	}
	defer giveBack()
	return f(ctx, v)
}
