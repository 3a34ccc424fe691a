package neverreleased

// The only release stands in an unexported function or method that nothing calls or refers to.

import (
	"context"
	"time"
)

// UnreachedLeaks has a stop that nobody calls.
type UnreachedLeaks struct {
	cancel context.CancelFunc
}

// NewUnreachedLeaks starts the work.
func NewUnreachedLeaks(parent context.Context) *UnreachedLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &UnreachedLeaks{cancel: cancel}
}

func (u *UnreachedLeaks) stop() { u.cancel() }

// ReachedClean calls its stop from Close.
type ReachedClean struct {
	cancel context.CancelFunc
}

// NewReachedClean starts the work.
func NewReachedClean(parent context.Context) *ReachedClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &ReachedClean{cancel: cancel}
}

func (r *ReachedClean) stop() { r.cancel() }

// Close ends the work.
func (r *ReachedClean) Close() { r.stop() }

// MethodValueClean refers to its stop without calling it.
type MethodValueClean struct {
	cancel context.CancelFunc
}

// NewMethodValueClean starts work that ends after a while.
func NewMethodValueClean(parent context.Context) *MethodValueClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	m := &MethodValueClean{cancel: cancel}
	time.AfterFunc(time.Minute, m.stop)
	return m
}

func (m *MethodValueClean) stop() { m.cancel() }

// FunctionLeaks is released by a function that nobody calls.
type FunctionLeaks struct {
	cancel context.CancelFunc
}

// NewFunctionLeaks starts the work.
func NewFunctionLeaks(parent context.Context) *FunctionLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &FunctionLeaks{cancel: cancel}
}

func endFunctionLeaks(f *FunctionLeaks) { f.cancel() }

// FunctionClean is released by an exported function.
type FunctionClean struct {
	cancel context.CancelFunc
}

// NewFunctionClean starts the work.
func NewFunctionClean(parent context.Context) *FunctionClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &FunctionClean{cancel: cancel}
}

// EndFunctionClean ends the work of f.
func EndFunctionClean(f *FunctionClean) { f.cancel() }

// ticker is what GoroutineClean runs; only the goroutine that it starts calls loop.
type ticker struct {
	cancel context.CancelFunc
}

// StartGoroutineClean starts a ticker that ends after n ticks.
func StartGoroutineClean(parent context.Context, n int) {
	ctx, cancel := context.WithCancel(parent)
	t := &ticker{cancel: cancel}
	go work(ctx)
	go t.loop(n)
}

func (t *ticker) loop(n int) {
	for range n {
		time.Sleep(time.Second)
	}
	t.cancel()
}
