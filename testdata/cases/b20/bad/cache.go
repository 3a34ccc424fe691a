// Package loadcache caches values and refreshes them.
package loadcache

import (
	"context"
	"sync"
	"time"
)

// Load loads the value of a key.
type Load[K comparable, V any] func(ctx context.Context, key K) (V, error)

type entry[K comparable, V any] struct {
	key    K
	value  V
	loaded time.Time
	ctx    context.Context
}

func (e *entry[K, V]) bind(ctx context.Context) {
	e.ctx = ctx // LEAK
}

// Cache caches values by key.
type Cache[K comparable, V any] struct {
	load Load[K, V]
	ttl  time.Duration

	mu      sync.Mutex
	entries map[K]*entry[K, V]
}

// New returns a cache of what load loads.
func New[K comparable, V any](ttl time.Duration, load Load[K, V]) *Cache[K, V] {
	return &Cache[K, V]{load: load, ttl: ttl, entries: make(map[K]*entry[K, V])}
}

// Get returns the value of key.
func (c *Cache[K, V]) Get(ctx context.Context, key K) (V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		return e.value, nil
	}
	e := &entry[K, V]{key: key}
	e.bind(ctx) // LEAK
	if err := c.fill(e); err != nil {
		var zero V
		return zero, err
	}
	c.entries[key] = e // LEAK
	return e.value, nil
}

func (c *Cache[K, V]) fill(e *entry[K, V]) error {
	v, err := c.load(e.ctx, e.key)
	if err != nil {
		return err
	}
	e.value, e.loaded = v, time.Now()
	return nil
}

// Refresh loads again what is too old.
func (c *Cache[K, V]) Refresh() (failed int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.entries {
		if time.Since(e.loaded) < c.ttl {
			continue
		}
		if err := c.fill(e); err != nil {
			failed++
		}
	}
	return failed
}
