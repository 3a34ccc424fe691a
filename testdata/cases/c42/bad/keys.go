// Package keyset serves signing keys that are fetched in the background.
package keyset

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// ErrUnknownKey is returned for a key that is not in the set.
var ErrUnknownKey = errors.New("unknown key")

// Keys maps key ids to public keys.
type Keys map[string][]byte

// Fetch gets the current keys.
type Fetch func(ctx context.Context) (Keys, error)

// Set is a set of keys that is kept fresh once it is used.
type Set struct {
	fetch Fetch
	every time.Duration
	once  sync.Once
	keys  atomic.Pointer[Keys]
}

// New returns a set that fetches its keys when it is first used.
func New(every time.Duration, fetch Fetch) *Set {
	return &Set{every: every, fetch: fetch}
}

// Key returns the key of id.
func (s *Set) Key(ctx context.Context, id string) ([]byte, error) {
	s.once.Do(func() {
		s.update(ctx)
		go s.refresh(ctx) // LEAK
	})
	keys := s.keys.Load()
	if keys == nil {
		return nil, errors.New("keys are not available yet")
	}
	k, ok := (*keys)[id]
	if !ok {
		return nil, ErrUnknownKey
	}
	return k, nil
}

func (s *Set) refresh(ctx context.Context) {
	for range time.Tick(s.every) {
		s.update(ctx)
	}
}

func (s *Set) update(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	keys, err := s.fetch(ctx)
	if err != nil {
		slog.WarnContext(ctx, "cannot fetch keys", "err", err)
		return
	}
	s.keys.Store(&keys)
}
