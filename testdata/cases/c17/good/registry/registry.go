// Package registry keeps running things by key.
package registry

import (
	"context"
	"sync"
)

type entry[V any] struct {
	value  V
	cancel context.CancelFunc
}

// Registry maps keys to values that run under their own contexts.
type Registry[K comparable, V any] struct {
	mu      sync.Mutex
	entries map[K]entry[V]
}

// New returns an empty registry.
func New[K comparable, V any]() *Registry[K, V] {
	return &Registry[K, V]{entries: make(map[K]entry[V])}
}

// Put starts value under a child of ctx and keeps it under key.
func (r *Registry[K, V]) Put(ctx context.Context, key K, value V, start func(context.Context, V)) {
	ctx, cancel := context.WithCancel(ctx)
	r.mu.Lock()
	old, ok := r.entries[key]
	r.entries[key] = entry[V]{value: value, cancel: cancel}
	r.mu.Unlock()
	if ok {
		old.cancel()
	}
	go start(ctx, value)
}

// Get returns the value of key.
func (r *Registry[K, V]) Get(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.entries[key]
	return e.value, ok
}

// Remove ends the value of key.
func (r *Registry[K, V]) Remove(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.entries[key]; ok {
		e.cancel()
		delete(r.entries, key)
	}
}

// Clear ends all values.
func (r *Registry[K, V]) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		e.cancel()
	}
	clear(r.entries)
}
