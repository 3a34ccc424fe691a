package unclosed

// Silent where nothing is owed: owners that release themselves, parents cancelled here, types that own nothing.

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Job ends by itself: its goroutine cancels. Stop is for the impatient.
type Job struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// StartJob starts f.
func StartJob(parent context.Context, f func(context.Context) error) *Job {
	ctx, cancel := context.WithCancel(parent)
	j := &Job{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer cancel()
		defer close(j.done)
		j.err = f(ctx)
	}()
	return j
}

// Done is closed when f has returned.
func (j *Job) Done() <-chan struct{} { return j.done }

// Stop ends f early.
func (j *Job) Stop() { j.cancel() }

// Lasting is the same as Job, but nothing cancels except Stop.
type Lasting struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// StartLasting starts f.
func StartLasting(parent context.Context, f func(context.Context) error) *Lasting {
	ctx, cancel := context.WithCancel(parent)
	l := &Lasting{cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		l.err = f(ctx)
	}()
	return l
}

// Done is closed when f has returned.
func (l *Lasting) Done() <-chan struct{} { return l.done }

// Stop ends f early.
func (l *Lasting) Stop() { l.cancel() }

// SelfReleasedClean waits for a job without stopping it.
func SelfReleasedClean(ctx context.Context, f func(context.Context) error) {
	j := StartJob(ctx, f)
	<-j.Done()
}

// SelfReleasedLeaks does the same where the goroutine leaves the context behind.
func SelfReleasedLeaks(ctx context.Context, f func(context.Context) error) {
	l := StartLasting(ctx, f) // want `\[unclosed\]`
	<-l.Done()
}

// Loop ends by itself, too: the method that its goroutine runs defers the cancel.
type Loop struct {
	n      int
	ctx    context.Context
	cancel context.CancelFunc
}

// StartLoop starts a loop of n turns.
func StartLoop(parent context.Context, n int, f func(context.Context)) *Loop {
	l := &Loop{n: n}
	l.ctx, l.cancel = context.WithCancel(parent)
	go l.run(f)
	return l
}

func (l *Loop) run(f func(context.Context)) {
	defer l.cancel()
	for range l.n {
		f(l.ctx)
	}
}

// Stop ends the loop early.
func (l *Loop) Stop() { l.cancel() }

// Err returns why the loop is over.
func (l *Loop) Err() error { return l.ctx.Err() }

// LoopedClean asks how a loop is doing.
func LoopedClean(ctx context.Context, f func(context.Context)) error {
	l := StartLoop(ctx, 3, f)
	return l.Err()
}

// LocalParentClean cancels the parent that it has made for the worker.
func LocalParentClean(parent context.Context, job string) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	w := NewWorker(ctx)
	return w.Do(job)
}

// OuterParentLeaks makes such a context and gives the worker the caller's.
func OuterParentLeaks(parent context.Context, job string, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	w := NewWorker(parent) // want `\[unclosed\]`
	if err := f(ctx); err != nil {
		return err
	}
	return w.Do(job)
}

// ValueParentClean cancels the parent of the worker's parent.
func ValueParentClean(parent context.Context, key, job string) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	w := NewWorker(context.WithValue(ctx, contextKey{}, key))
	return w.Do(job)
}

type contextKey struct{}

// GroupParentClean gives the worker a group's context, which Wait ends.
func GroupParentClean(parent context.Context, jobs []string) error {
	group, ctx := errgroup.WithContext(parent)
	w := NewWorker(ctx)
	for _, job := range jobs {
		group.Go(func() error { return w.Do(job) })
	}
	return group.Wait()
}

// Counter has a Close and owns no cancel.
type Counter struct {
	mu sync.Mutex
	n  int
}

// NewCounter returns a counter.
func NewCounter(ctx context.Context) *Counter {
	if ctx.Err() != nil {
		return &Counter{n: -1}
	}
	return &Counter{}
}

// Add adds one.
func (c *Counter) Add() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n
}

// Close sets the counter to zero.
func (c *Counter) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n = 0
}

// NoOwnerClean leaves a counter unclosed.
func NoOwnerClean(ctx context.Context) int {
	c := NewCounter(ctx)
	return c.Add()
}

// Bounded is made under a context that its constructor cancels itself.
type Bounded struct {
	n int
}

// NewBounded calls f under a context of its own.
func NewBounded(parent context.Context, f func(context.Context) int) *Bounded {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return &Bounded{n: f(ctx)}
}

// Close forgets the result.
func (b *Bounded) Close() { b.n = 0 }

// CancelledClean leaves it unclosed.
func CancelledClean(ctx context.Context, f func(context.Context) int) int {
	b := NewBounded(ctx, f)
	return b.n
}

// DoneClean returns where the worker's own context is done.
func DoneClean(ctx context.Context, quit <-chan struct{}) {
	w := NewWorker(ctx)
	select {
	case <-w.ctx.Done():
		return
	case <-quit:
		w.Close()
	}
}
