package neverreleased

// The store is in another function than the creation: a setter, a helper that keeps its argument.

import (
	"context"
	"sync"
)

type trackerLeaks struct {
	mu   sync.Mutex
	last context.CancelFunc
}

func (t *trackerLeaks) remember(cancel context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = cancel
}

// SetterLeaks remembers what nobody asks for.
type SetterLeaks struct {
	tracker trackerLeaks
}

// Do starts the work.
func (s *SetterLeaks) Do(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	s.tracker.remember(cancel)
	go work(ctx)
}

type trackerClean struct {
	mu   sync.Mutex
	last context.CancelFunc
}

func (t *trackerClean) remember(cancel context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = cancel
}

func (t *trackerClean) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil {
		t.last()
	}
}

// SetterClean calls what was remembered.
type SetterClean struct {
	tracker trackerClean
}

// Do starts the work.
func (s *SetterClean) Do(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	s.tracker.remember(cancel)
	go work(ctx)
}

// Stop ends the work.
func (s *SetterClean) Stop() { s.tracker.forget() }

// DeferredClean remembers a cancel function that nobody else calls, for the time of the call only.
type DeferredClean struct {
	current context.CancelFunc
}

func (d *DeferredClean) set(cancel context.CancelFunc) { d.current = cancel }

// Do calls f.
func (d *DeferredClean) Do(parent context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	d.set(cancel)
	return f(ctx)
}

// Busy reports whether Do was called.
func (d *DeferredClean) Busy() bool { return d.current != nil }

// WrapperLeaks gets its cancel function from a wrapper of context.WithCancel.
type WrapperLeaks struct {
	end context.CancelFunc
}

func withCancel(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(parent)
}

// NewWrapperLeaks starts the work.
func NewWrapperLeaks(parent context.Context) *WrapperLeaks {
	ctx, cancel := withCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &WrapperLeaks{end: cancel}
}

// WrapperClean has an End.
type WrapperClean struct {
	end context.CancelFunc
}

// NewWrapperClean starts the work.
func NewWrapperClean(parent context.Context) *WrapperClean {
	ctx, cancel := withCancel(parent)
	go work(ctx)
	return &WrapperClean{end: cancel}
}

// End ends the work.
func (w *WrapperClean) End() { w.end() }
