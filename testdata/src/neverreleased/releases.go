package neverreleased

// Every way to call what a place holds is a release: helper, method value, once, interface, channel, swap.

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
)

// HelperClean is released by a helper that gets the field's value.
type HelperClean struct {
	cancel context.CancelFunc
}

// NewHelperClean starts the work.
func NewHelperClean(parent context.Context) *HelperClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &HelperClean{cancel: cancel}
}

func callIfSet(f func()) {
	if f != nil {
		f()
	}
}

// Close ends the work.
func (h *HelperClean) Close() { callIfSet(h.cancel) }

// OnceClean passes the field to a sync.Once.
type OnceClean struct {
	once   sync.Once
	cancel context.CancelFunc
}

// NewOnceClean starts the work.
func NewOnceClean(parent context.Context) *OnceClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &OnceClean{cancel: cancel}
}

// Close ends the work.
func (o *OnceClean) Close() { o.once.Do(o.cancel) }

// OnceFuncClean keeps what sync.OnceFunc makes of the cancel function.
type OnceFuncClean struct {
	stop func()
}

// NewOnceFuncClean starts the work.
func NewOnceFuncClean(parent context.Context) *OnceFuncClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &OnceFuncClean{stop: sync.OnceFunc(cancel)}
}

// Stop ends the work.
func (o *OnceFuncClean) Stop() { o.stop() }

// ClosureClean keeps a closure that calls the cancel function and does more.
type ClosureClean struct {
	stop func() error
}

// NewClosureClean starts the work.
func NewClosureClean(parent context.Context, flush func() error) *ClosureClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &ClosureClean{stop: func() error {
		cancel()
		return flush()
	}}
}

// Stop ends the work.
func (c *ClosureClean) Stop() error { return c.stop() }

// ClosureLeaks keeps such a closure and never runs it.
type ClosureLeaks struct {
	stop func() error
}

// NewClosureLeaks starts the work.
func NewClosureLeaks(parent context.Context, flush func() error) *ClosureLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &ClosureLeaks{stop: func() error {
		cancel()
		return flush()
	}}
}

// Stoppable reports whether there is something to stop.
func (c *ClosureLeaks) Stoppable() bool { return c.stop != nil }

type interfaceClean struct {
	cancel context.CancelFunc
}

// Close implements io.Closer, and nothing else ever calls it.
func (i *interfaceClean) Close() error {
	i.cancel()
	return nil
}

// OpenInterfaceClean starts the work and returns what ends it.
func OpenInterfaceClean(parent context.Context) io.Closer {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &interfaceClean{cancel: cancel}
}

type cancelCloser context.CancelFunc

func (c cancelCloser) Close() error {
	c()
	return nil
}

// ClosersClean drains a slice of closers in Shutdown.
type ClosersClean struct {
	closers []io.Closer
}

// Add starts the work.
func (c *ClosersClean) Add(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	c.closers = append(c.closers, cancelCloser(cancel))
	go work(ctx)
}

// Shutdown ends it all.
func (c *ClosersClean) Shutdown() error {
	var errs []error
	for _, closer := range c.closers {
		errs = append(errs, closer.Close())
	}
	return errors.Join(errs...)
}

// AtomicClean holds the cancel function in an atomic pointer, and swaps it out to call it.
type AtomicClean struct {
	cancel atomic.Pointer[context.CancelFunc]
}

// Start starts the work and ends what was started before.
func (a *AtomicClean) Start(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if old := a.cancel.Swap(&cancel); old != nil {
		(*old)()
	}
	go work(ctx)
}

// Stop ends the work.
func (a *AtomicClean) Stop() {
	if old := a.cancel.Swap(nil); old != nil {
		(*old)()
	}
}

// SyncMapClean holds cancel functions in a sync.Map.
type SyncMapClean struct {
	cancels sync.Map
}

// Start starts the work of key and ends what was started for it before.
func (s *SyncMapClean) Start(parent context.Context, key string) {
	ctx, cancel := context.WithCancel(parent)
	if old, ok := s.cancels.Swap(key, cancel); ok {
		old.(context.CancelFunc)()
	}
	go work(ctx)
}

// Stop ends the work of key.
func (s *SyncMapClean) Stop(key string) {
	if cancel, ok := s.cancels.LoadAndDelete(key); ok {
		cancel.(context.CancelFunc)()
	}
}

// SwapClean takes the field's value out, and calls it after the lock.
type SwapClean struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

// NewSwapClean starts the work.
func NewSwapClean(parent context.Context) *SwapClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &SwapClean{cancel: cancel}
}

// Stop ends the work.
func (s *SwapClean) Stop() {
	s.mu.Lock()
	cancel := s.cancel
	s.cancel = nil
	s.mu.Unlock()
	if cancel != nil {
		cancel()
	}
}

// ChannelClean sends each cancel function to the goroutine that calls it.
type ChannelClean struct {
	ends chan context.CancelFunc
}

// NewChannelClean returns one whose Reap must be called.
func NewChannelClean() *ChannelClean { return &ChannelClean{ends: make(chan context.CancelFunc)} }

// Start starts the work.
func (c *ChannelClean) Start(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	c.ends <- cancel
}

// Reap ends the work that was started first.
func (c *ChannelClean) Reap() {
	cancel := <-c.ends
	cancel()
}

// GoroutineFieldClean is released by a goroutine that its constructor starts.
type GoroutineFieldClean struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// NewGoroutineFieldClean starts work that ends when Finish is called.
func NewGoroutineFieldClean(parent context.Context) *GoroutineFieldClean {
	ctx, cancel := context.WithCancel(parent)
	g := &GoroutineFieldClean{cancel: cancel, done: make(chan struct{})}
	go work(ctx)
	go func() {
		<-g.done
		g.cancel()
	}()
	return g
}

// Finish ends the work.
func (g *GoroutineFieldClean) Finish() { close(g.done) }

// A watch comes from a function, and is kept by value.
type watch struct {
	name   string
	cancel context.CancelFunc
}

func newWatch(parent context.Context, name string) watch {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return watch{name, cancel}
}

// WatchedClean releases what is in its part, without reading the part as a whole.
type WatchedClean struct {
	watch watch
}

// Start watches.
func (w *WatchedClean) Start(parent context.Context, name string) { w.watch = newWatch(parent, name) }

// Stop ends the watch.
func (w *WatchedClean) Stop() { w.watch.cancel() }

// A look comes from a function, too.
type look struct {
	name   string
	cancel context.CancelFunc
}

func newLook(parent context.Context, name string) look {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return look{name, cancel}
}

// LookedLeaks reads of its part what the look is called, and no more.
type LookedLeaks struct {
	look look
}

// Start looks.
func (l *LookedLeaks) Start(parent context.Context, name string) {
	l.look = newLook(parent, name)
}

// Name is that of the look.
func (l *LookedLeaks) Name() string { return l.look.name }
