package neverreleased

// A cancel is stored in a map, slice or array whose elements nothing ever calls.

import (
	"context"
	"sync"
	"time"
)

// MapLeaks remembers a cancel function per key, and uses the map as a set.
type MapLeaks struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewMapLeaks returns an empty registry.
func NewMapLeaks() *MapLeaks { return &MapLeaks{cancels: make(map[string]context.CancelFunc)} }

// Start starts the work of key, unless it has been.
func (m *MapLeaks) Start(parent context.Context, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.cancels[key]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	m.cancels[key] = cancel
	go work(ctx)
}

// Keys returns what has been started.
func (m *MapLeaks) Keys() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	keys := make([]string, 0, len(m.cancels))
	for k := range m.cancels {
		keys = append(keys, k)
	}
	return keys
}

// MapClean ranges over the map in Close.
type MapClean struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
}

// NewMapClean returns an empty registry.
func NewMapClean() *MapClean { return &MapClean{cancels: make(map[string]context.CancelFunc)} }

// Start starts the work of key, unless it has been.
func (m *MapClean) Start(parent context.Context, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.cancels[key]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	m.cancels[key] = cancel
	go work(ctx)
}

// Close ends all work.
func (m *MapClean) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, cancel := range m.cancels {
		cancel()
	}
}

// SliceLeaks collects cancel functions and counts them.
type SliceLeaks struct {
	cancels []context.CancelFunc
}

// Add starts one more.
func (s *SliceLeaks) Add(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	s.cancels = append(s.cancels, cancel)
	go work(ctx)
}

// Len returns how many there are.
func (s *SliceLeaks) Len() int { return len(s.cancels) }

// SliceClean ranges over the slice in Stop.
type SliceClean struct {
	cancels []context.CancelFunc
}

// Add starts one more.
func (s *SliceClean) Add(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	s.cancels = append(s.cancels, cancel)
	go work(ctx)
}

// Stop ends them all, the last one first.
func (s *SliceClean) Stop() {
	for i := len(s.cancels) - 1; i >= 0; i-- {
		s.cancels[i]()
	}
}

// ArrayLeaks has a fixed number of workers, each with its cancel function.
type ArrayLeaks struct {
	cancels [4]context.CancelFunc
}

// NewArrayLeaks starts the workers.
func NewArrayLeaks(parent context.Context) *ArrayLeaks {
	a := &ArrayLeaks{}
	for i := range a.cancels {
		ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
		a.cancels[i] = cancel
		go work(ctx)
	}
	return a
}

// ArrayClean can stop one of them.
type ArrayClean struct {
	cancels [4]context.CancelFunc
}

// NewArrayClean starts the workers.
func NewArrayClean(parent context.Context) *ArrayClean {
	a := &ArrayClean{}
	for i := range a.cancels {
		ctx, cancel := context.WithCancel(parent)
		a.cancels[i] = cancel
		go work(ctx)
	}
	return a
}

// Stop ends worker i.
func (a *ArrayClean) Stop(i int) { a.cancels[i]() }

type entryLeaks struct {
	since  time.Time
	cancel context.CancelFunc
}

// EntriesLeaks holds entries in a map and reads only their other field.
type EntriesLeaks struct {
	entries map[string]*entryLeaks
}

// NewEntriesLeaks returns an empty table.
func NewEntriesLeaks() *EntriesLeaks {
	return &EntriesLeaks{entries: make(map[string]*entryLeaks)}
}

// Add starts the work of key, unless it has been.
func (e *EntriesLeaks) Add(parent context.Context, key string) {
	if e.entries[key] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	e.entries[key] = &entryLeaks{since: time.Now(), cancel: cancel}
	go work(ctx)
}

// Age returns since when key has been worked on.
func (e *EntriesLeaks) Age(key string) time.Duration {
	entry := e.entries[key]
	if entry == nil {
		return 0
	}
	return time.Since(entry.since)
}

type entryClean struct {
	since  time.Time
	cancel context.CancelFunc
}

// EntriesClean calls what it looks up.
type EntriesClean struct {
	entries map[string]*entryClean
}

// NewEntriesClean returns an empty table.
func NewEntriesClean() *EntriesClean {
	return &EntriesClean{entries: make(map[string]*entryClean)}
}

// Add starts the work of key, unless it has been.
func (e *EntriesClean) Add(parent context.Context, key string) {
	if e.entries[key] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	e.entries[key] = &entryClean{since: time.Now(), cancel: cancel}
	go work(ctx)
}

// End ends the work of key and returns how long it took.
func (e *EntriesClean) End(key string) time.Duration {
	entry := e.entries[key]
	if entry == nil {
		return 0
	}
	entry.cancel()
	return time.Since(entry.since)
}
