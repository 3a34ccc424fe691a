// Package cache keeps values and refreshes those that are pinned.
package cache

import (
	"context"
	"sync"
	"time"
)

// Load loads one value.
type Load[K comparable, V any] func(ctx context.Context, key K) (V, error)

type entry[V any] struct {
	value V
	stop  func() // ends the refreshing; nil if the entry is not pinned
}

// Cache is a cache of values by key.
type Cache[K comparable, V any] struct {
	ctx  context.Context
	quit context.CancelFunc
	load Load[K, V]

	mu      sync.Mutex
	entries map[K]*entry[V]
	pinned  int
}

// New returns a cache of what load loads.
func New[K comparable, V any](ctx context.Context, load Load[K, V]) *Cache[K, V] {
	c := &Cache[K, V]{load: load, entries: make(map[K]*entry[V])}
	c.ctx, c.quit = context.WithCancel(ctx)
	return c
}

// Get returns the value of key if it is there.
func (c *Cache[K, V]) Get(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil {
		return e.value, true
	}
	return v, false
}

// Pin refreshes key at intervals, from now on.
func (c *Cache[K, V]) Pin(key K, every time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		e = new(entry[V])
		c.entries[key] = e
	}
	e.stop = c.refresh(key, e, every) // LEAK
}

// Unpin ends what Pin began.
func (c *Cache[K, V]) Unpin(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.entries[key]; e != nil && e.stop != nil {
		e.stop()
		e.stop = nil
	}
}

// refresh loads e at intervals until the function that it returns is called.
func (c *Cache[K, V]) refresh(key K, e *entry[V], every time.Duration) func() {
	ctx, cancel := context.WithCancel(c.ctx) // LEAK
	c.pinned++
	go func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if v, err := c.load(ctx, key); err == nil {
					c.mu.Lock()
					e.value = v
					c.mu.Unlock()
				}
			}
		}
	}()
	return func() {
		c.pinned--
		cancel()
	}
}

// Close ends all refreshing.
func (c *Cache[K, V]) Close() { c.quit() }
