// Package progress knows which operations are running.
package progress

import (
	"context"
	"sync"
	"time"
)

type op struct {
	name  string
	since time.Time
}

// Board lists running operations.
type Board struct {
	mu      sync.Mutex
	next    int
	running map[int]op
	longest time.Duration
}

// Begin notes a running operation. The function it returns ends the operation
// and its context.
func (b *Board) Begin(name string, cancel context.CancelFunc) (end func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running == nil {
		b.running = make(map[int]op)
	}
	b.next++
	id, o := b.next, op{name: name, since: time.Now()}
	b.running[id] = o
	return func() {
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.running, id)
		b.longest = max(b.longest, time.Since(o.since))
	}
}

// Running returns the names of the running operations.
func (b *Board) Running() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var names []string
	for _, o := range b.running {
		names = append(names, o.name)
	}
	return names
}
