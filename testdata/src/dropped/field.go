package dropped

// An object is zeroed, or its field set to nil, with a live cancel in it.

import (
	"context"
	"errors"
	"sync"
)

// Query is one statement of a session, taken from a pool.
type Query struct {
	stmt   string
	values []any
	ctx    context.Context
	cancel context.CancelFunc
}

var queries = sync.Pool{New: func() any { return new(Query) }}

// NewQuery returns a query that ends with parent at the latest. One of its ends must be called.
func NewQuery(parent context.Context, stmt string, values ...any) *Query {
	q := queries.Get().(*Query)
	q.stmt, q.values = stmt, values
	q.ctx, q.cancel = context.WithCancel(parent)
	return q
}

// Interrupt ends what the query is doing.
func (q *Query) Interrupt() { q.cancel() }

// ZeroLeaks makes the query fit for the next user.
func (q *Query) ZeroLeaks() {
	*q = Query{} // want `\[dropped\]`
	queries.Put(q)
}

// ZeroClean ends it before.
func (q *Query) ZeroClean() {
	q.cancel()
	*q = Query{}
	queries.Put(q)
}

// ReuseLeaks keeps the values' memory.
func (q *Query) ReuseLeaks() {
	*q = Query{values: q.values[:0]} // want `\[dropped\]`
	queries.Put(q)
}

// ReuseClean ends the query and keeps the values' memory.
func (q *Query) ReuseClean() {
	q.Interrupt()
	*q = Query{values: q.values[:0]}
	queries.Put(q)
}

// RestoreClean keeps the cancel function through the zeroing.
func (q *Query) RestoreClean() {
	ctx, cancel := q.ctx, q.cancel
	*q = Query{}
	q.ctx, q.cancel = ctx, cancel
}

// ZeroDeferredClean ends the query by a call that was deferred before.
func (q *Query) ZeroDeferredClean() {
	defer q.cancel()
	*q = Query{}
}

// Task has at most one run at a time.
type Task struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

// Start starts a run, unless there is one.
func (t *Task) Start(parent context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		return errors.New("running")
	}
	ctx, cancel := context.WithCancel(parent)
	t.cancel = cancel
	go work(ctx)
	return nil
}

// NilLeaks makes way for the next run.
func (t *Task) NilLeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancel = nil // want `\[dropped\]`
}

// NilClean ends the run before.
func (t *Task) NilClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

// NilReturnClean ends the run before; without one there is nothing to do.
func (t *Task) NilReturnClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel == nil {
		return
	}
	t.cancel()
	t.cancel = nil
}

// SwapClean ends the run after the lock.
func (t *Task) SwapClean() {
	t.mu.Lock()
	cancel := t.cancel
	t.cancel = nil
	t.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// FailedLeaks makes way for the next run, and ends this one only for an error.
func (t *Task) FailedLeaks(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil && t.cancel != nil {
		t.cancel()
	}
	t.cancel = nil // want `\[dropped\]`
}

// FailedClean keeps the run unless there is an error.
func (t *Task) FailedClean(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err != nil && t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

// run is a part of Engine that is replaced as a whole.
type run struct {
	steps  int
	cancel context.CancelFunc
}

// Engine is made of runs.
type Engine struct {
	run run
}

// Start starts a run, unless there is one.
func (e *Engine) Start(parent context.Context) {
	if e.run.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	e.run.cancel = cancel
	go work(ctx)
}

// ResetLeaks zeroes the struct that holds the cancel function.
func (e *Engine) ResetLeaks() {
	e.run = run{} // want `\[dropped\]`
}

// ResetClean ends the run before.
func (e *Engine) ResetClean() {
	if e.run.cancel != nil {
		e.run.cancel()
	}
	e.run = run{}
}

// StepsClean resets another field.
func (e *Engine) StepsClean() { e.run.steps = 0 }

var (
	pollMu   sync.Mutex
	stopPoll context.CancelFunc
)

// StartPoll starts polling, unless it has been.
func StartPoll(parent context.Context) {
	pollMu.Lock()
	defer pollMu.Unlock()
	if stopPoll != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	stopPoll = cancel
	go work(ctx)
}

// ForgetPollLeaks sets the global to nil.
func ForgetPollLeaks() {
	pollMu.Lock()
	defer pollMu.Unlock()
	stopPoll = nil // want `\[dropped\]`
}

// StopPollClean calls it before.
func StopPollClean() {
	pollMu.Lock()
	defer pollMu.Unlock()
	if stopPoll != nil {
		stopPoll()
	}
	stopPoll = nil
}

// Delay does something later, unless it is stopped.
type Delay struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	lost   context.CancelFunc
	do     func(context.Context)
}

// AfterClean: when the goroutine forgets the cancel function, it was the only
// one to wait for the context, and waits no more.
func (d *Delay) AfterClean(timer <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-timer:
		}
		d.mu.Lock()
		d.cancel = nil
		d.mu.Unlock()
	}()
}

// AfterLeaks: others wait for it.
func (d *Delay) AfterLeaks(timer <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.lost = cancel
	go d.do(ctx)
	go func() {
		select {
		case <-ctx.Done():
			return
		case <-timer:
		}
		d.mu.Lock()
		d.lost = nil // want `\[dropped\]`
		d.mu.Unlock()
	}()
}

// Stop ends both.
func (d *Delay) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
	if d.lost != nil {
		d.lost()
	}
}
