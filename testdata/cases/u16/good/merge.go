// Package merge joins contexts.
package merge

import (
	"context"
	"sync"
	"time"
)

// Contexts returns a child of first that ends with any of the others, too.
func Contexts(first context.Context, others ...context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(first)
	stops := make([]func() bool, 0, len(others))
	for _, o := range others {
		stops = append(stops, context.AfterFunc(o, func() { cancel(context.Cause(o)) }))
	}
	return ctx, func() {
		for _, stop := range stops {
			stop()
		}
		cancel(context.Canceled)
	}
}

// Bounded is Contexts with a limit in time.
func Bounded(limit time.Duration, first context.Context, others ...context.Context) (context.Context, context.CancelFunc) {
	ctx, unmerge := Contexts(first, others...)
	ctx, cancel := context.WithTimeout(ctx, limit)
	return ctx, func() {
		cancel()
		unmerge()
	}
}

// Scope is a place that work is done under.
type Scope struct {
	life  context.Context
	end   context.CancelFunc
	limit time.Duration
	wg    sync.WaitGroup
}

// NewScope returns a scope under both contexts. Close must be called.
func NewScope(server, tenant context.Context, limit time.Duration) *Scope {
	s := &Scope{limit: limit}
	s.life, s.end = Contexts(server, tenant)
	return s
}

// Do calls f under ctx and the scope.
func (s *Scope) Do(ctx context.Context, f func(context.Context) error) error {
	ctx, done := Bounded(s.limit, ctx, s.life)
	defer done()
	return f(ctx)
}

// Go calls f in the background.
func (s *Scope) Go(f func(context.Context)) {
	ctx, cancel := context.WithTimeout(s.life, s.limit)
	s.wg.Go(func() {
		defer cancel()
		f(ctx)
	})
}

// Close ends the scope and waits for its work.
func (s *Scope) Close() {
	s.end()
	s.wg.Wait()
}

// Within calls f with a scope.
func Within(server, tenant context.Context, f func(*Scope) error) error {
	s := NewScope(server, tenant, time.Minute)
	defer s.Close()
	return f(s)
}
