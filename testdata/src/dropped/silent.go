package dropped

// Nothing live is lost: no cancel in what is removed, or it has ended by the time of the removal.

import (
	"context"
	"sync"
	"time"
)

// Slots has slots that may be taken.
type Slots struct {
	mu    sync.Mutex
	slots map[int]*slot
	names map[int]string
}

type slot struct {
	used   time.Time
	cancel context.CancelFunc
}

// NewSlots returns n free slots.
func NewSlots(n int) *Slots {
	s := &Slots{slots: make(map[int]*slot, n), names: make(map[int]string, n)}
	for i := range n {
		s.slots[i] = &slot{}
	}
	return s
}

// Take starts work in slot i, unless it is taken.
func (s *Slots) Take(parent context.Context, i int, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	sl, ok := s.slots[i]
	if !ok || sl.cancel != nil {
		return false
	}
	ctx, cancel := context.WithCancel(parent)
	sl.used, sl.cancel = time.Now(), cancel
	s.names[i] = name
	go work(ctx)
	return true
}

// Free ends the work in slot i.
func (s *Slots) Free(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sl, ok := s.slots[i]; ok && sl.cancel != nil {
		sl.cancel()
		sl.cancel = nil
	}
}

// ShrinkClean removes slots that are free.
func (s *Slots) ShrinkClean() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, sl := range s.slots {
		if sl.cancel == nil {
			delete(s.slots, i)
		}
	}
}

// ShrinkLeaks removes slots that were taken long ago.
func (s *Slots) ShrinkLeaks(age time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, sl := range s.slots {
		if time.Since(sl.used) > age {
			delete(s.slots, i) // want `\[dropped\]`
		}
	}
}

// RenameClean deletes from a map that holds no cancel functions.
func (s *Slots) RenameClean(i int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.names, i)
}

// Calls holds the cancel functions of calls in progress, so that others may end them.
type Calls struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewCalls returns no calls.
func NewCalls() *Calls { return &Calls{cancels: make(map[string]context.CancelFunc)} }

// DoClean calls f; the entry is deleted at the end of the call, which cancels the context itself.
func (c *Calls) DoClean(parent context.Context, id string, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	c.mu.Lock()
	if old, ok := c.cancels[id]; ok {
		old()
	}
	c.cancels[id] = cancel
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.cancels, id)
	}()
	return f(ctx)
}

// Interrupt ends call id.
func (c *Calls) Interrupt(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if cancel := c.cancels[id]; cancel != nil {
		cancel()
	}
}

// Watches holds the cancel functions of watches, each with a goroutine that removes it once it is over.
type Watches struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewWatches returns no watches.
func NewWatches() *Watches { return &Watches{cancels: make(map[string]context.CancelFunc)} }

// WatchClean starts a watch; the goroutine that deletes the entry has seen the context done.
func (w *Watches) WatchClean(parent context.Context, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.cancels[id]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	w.cancels[id] = cancel
	go func() {
		<-ctx.Done()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.cancels, id)
	}()
}

// WatchLeaks starts a watch; the goroutine that deletes the entry has seen a tick.
func (w *Watches) WatchLeaks(parent context.Context, id string, tick <-chan time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.cancels[id]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	w.cancels[id] = cancel
	go work(ctx)
	go func() {
		<-tick
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.cancels, id) // want `\[dropped\]`
	}()
}

// Stop ends watch id.
func (w *Watches) Stop(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if cancel := w.cancels[id]; cancel != nil {
		cancel()
	}
}

// Generic holds cancel functions by keys of any type.
type Generic[K comparable] struct {
	cancels map[K]context.CancelFunc
}

// NewGeneric returns an empty one.
func NewGeneric[K comparable]() *Generic[K] {
	return &Generic[K]{cancels: make(map[K]context.CancelFunc)}
}

// Start starts the work of key, unless it is running.
func (g *Generic[K]) Start(parent context.Context, key K) {
	if _, ok := g.cancels[key]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	g.cancels[key] = cancel
	go work(ctx)
}

// ForgetLeaks forgets key.
func (g *Generic[K]) ForgetLeaks(key K) {
	delete(g.cancels, key) // want `\[dropped\]`
}

// StopClean ends the work of key before.
func (g *Generic[K]) StopClean(key K) {
	if cancel, ok := g.cancels[key]; ok {
		cancel()
		delete(g.cancels, key)
	}
}

// Concurrent holds cancel functions in a sync.Map.
type Concurrent struct {
	cancels sync.Map
}

// Start starts the work of key, and ends what was started for it before.
func (c *Concurrent) Start(parent context.Context, key string) {
	ctx, cancel := context.WithCancel(parent)
	if old, ok := c.cancels.Swap(key, cancel); ok {
		old.(context.CancelFunc)()
	}
	go work(ctx)
}

// StopClean takes the entry out and calls it.
func (c *Concurrent) StopClean(key string) {
	if cancel, ok := c.cancels.LoadAndDelete(key); ok {
		cancel.(context.CancelFunc)()
	}
}
