// Package swr is a cache that serves stale values while it loads fresh ones.
package swr

import (
	"context"
	"sync"
	"time"
)

// Loader loads the value of a key.
type Loader[V any] func(ctx context.Context, key string) (V, error)

type entry[V any] struct {
	value   V
	loaded  time.Time
	loading bool
}

// Cache is the cache.
type Cache[V any] struct {
	load    Loader[V]
	fresh   time.Duration
	limit   time.Duration
	mu      sync.Mutex
	entries map[string]*entry[V]
}

// New returns a cache whose values are fresh for a time.
func New[V any](load Loader[V], fresh, limit time.Duration) *Cache[V] {
	return &Cache[V]{load: load, fresh: fresh, limit: limit, entries: map[string]*entry[V]{}}
}

// Get returns the value of key, perhaps a stale one.
func (c *Cache[V]) Get(ctx context.Context, key string) (V, error) {
	c.mu.Lock()
	e, ok := c.entries[key]
	if ok {
		defer c.mu.Unlock()
		if time.Since(e.loaded) > c.fresh && !e.loading {
			e.loading = true
			go c.refresh(key, e)
		}
		return e.value, nil
	}
	c.mu.Unlock()

	v, err := c.load(ctx, key)
	if err != nil {
		return v, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries[key] = &entry[V]{value: v, loaded: time.Now()}
	return v, nil
}

func (c *Cache[V]) refresh(key string, e *entry[V]) {
	ctx, cancel := context.WithTimeout(context.Background(), c.limit)
	defer cancel()
	v, err := c.load(ctx, key)
	c.mu.Lock()
	defer c.mu.Unlock()
	e.loading = false
	if err == nil {
		e.value, e.loaded = v, time.Now()
	}
}

// Forget removes a key.
func (c *Cache[V]) Forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, key)
}
