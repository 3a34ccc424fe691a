// Package batch collects items and writes them together.
package batch

import (
	"context"
	"log"
	"sync"
	"time"
)

// Write writes a batch.
type Write[T any] func(ctx context.Context, items []T) error

// Batcher collects items for a while.
type Batcher[T any] struct {
	write Write[T]
	size  int
	delay time.Duration
	limit time.Duration // of a write that nobody waits for

	mu    sync.Mutex
	items []T
	timer *time.Timer
}

// New returns a batcher that writes when it has size items, or delay after the
// first one.
func New[T any](size int, delay time.Duration, write Write[T]) *Batcher[T] {
	return &Batcher[T]{write: write, size: size, delay: delay, limit: time.Minute}
}

// Add adds an item. It waits for a write only if the batch is full.
func (b *Batcher[T]) Add(ctx context.Context, item T) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.items) == 0 {
		b.timer = time.AfterFunc(b.delay, b.onTimer)
	}
	b.items = append(b.items, item)
	if len(b.items) < b.size {
		return nil
	}
	b.timer.Stop()
	return b.flush(ctx)
}

func (b *Batcher[T]) onTimer() {
	ctx, cancel := context.WithTimeout(context.Background(), b.limit)
	defer cancel()
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.flush(ctx); err != nil {
		log.Printf("batch: %v", err)
	}
}

// flush writes what there is. b.mu must be held.
func (b *Batcher[T]) flush(ctx context.Context) error {
	if len(b.items) == 0 {
		return nil
	}
	items := b.items
	b.items = nil
	return b.write(ctx, items)
}

// Flush writes what has been added so far.
func (b *Batcher[T]) Flush(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer != nil {
		b.timer.Stop()
	}
	return b.flush(ctx)
}
