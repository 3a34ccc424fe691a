package dropped

// A whole map that holds live cancels is cleared or replaced without calling them.

import (
	"context"
	"sync"
)

// Table holds cancel functions by name.
type Table struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
	parked  map[string]context.CancelFunc
}

// Start starts the work called name, unless it is running. The map is made at the first call.
func (t *Table) Start(parent context.Context, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.initClean()
	if _, ok := t.cancels[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	t.cancels[name] = cancel
	go work(ctx)
}

// initClean makes the maps where there are none, so that nothing can be lost.
func (t *Table) initClean() {
	if t.cancels == nil {
		t.cancels = make(map[string]context.CancelFunc)
	}
	if t.parked == nil {
		t.parked = make(map[string]context.CancelFunc)
	}
}

// ClearLeaks empties the map.
func (t *Table) ClearLeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.cancels) // want `\[dropped\]`
}

// ClearClean ends all work before.
func (t *Table) ClearClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cancel := range t.cancels {
		cancel()
	}
	clear(t.cancels)
}

// MakeLeaks starts over with a new map.
func (t *Table) MakeLeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancels = make(map[string]context.CancelFunc) // want `\[dropped\]`
}

// MakeClean ends all work before.
func (t *Table) MakeClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, cancel := range t.cancels {
		cancel()
	}
	t.cancels = make(map[string]context.CancelFunc)
}

// NilLeaks lets go of the map.
func (t *Table) NilLeaks() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancels = nil // want `\[dropped\]`
}

// NilClean ends all work right after, without the lock.
func (t *Table) NilClean() {
	t.mu.Lock()
	cancels := t.cancels
	t.cancels = nil
	t.mu.Unlock()
	for _, cancel := range cancels {
		cancel()
	}
}

// SomeLeaks ends the work of the given names and lets go of all.
func (t *Table) SomeLeaks(names []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, name := range names {
		if cancel, ok := t.cancels[name]; ok {
			cancel()
		}
	}
	clear(t.cancels) // want `\[dropped\]`
}

// EachClean calls and deletes one entry after the other.
func (t *Table) EachClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for name, cancel := range t.cancels {
		cancel()
		delete(t.cancels, name)
	}
}

// ParkClean moves an entry to another map of the same owner.
func (t *Table) ParkClean(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cancel, ok := t.cancels[name]
	if !ok {
		return
	}
	if old := t.parked[name]; old != nil {
		old()
	}
	t.parked[name] = cancel
	delete(t.cancels, name)
}

// CloseClean ends all work through a helper that ranges over the maps.
func (t *Table) CloseClean() {
	t.mu.Lock()
	defer t.mu.Unlock()
	endAll(t.cancels)
	endAll(t.parked)
	t.cancels, t.parked = nil, nil
}

func endAll(cancels map[string]context.CancelFunc) {
	for _, cancel := range cancels {
		cancel()
	}
}

// SwapClean replaces the map and returns the old one.
func (t *Table) SwapClean() map[string]context.CancelFunc {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.cancels
	t.cancels = make(map[string]context.CancelFunc, len(old))
	return old
}
