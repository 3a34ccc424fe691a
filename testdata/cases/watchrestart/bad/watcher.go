// Package watch keeps a local copy of remote objects.
package watch

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrExpired is sent by a source that wants the watch to be opened anew.
var ErrExpired = errors.New("watch expired")

// Event is a change or the reason why there are no more.
type Event struct {
	Key, Version string
	Value        []byte
	Err          error
}

// Source is watched until the context is done.
type Source interface {
	Watch(ctx context.Context, version string) (<-chan Event, error)
}

// Watcher is a copy that follows its source.
type Watcher struct {
	source Source

	mu      sync.Mutex
	cancel  context.CancelFunc
	version string
	objects map[string][]byte
}

// New returns a watcher of source.
func New(source Source) *Watcher {
	return &Watcher{source: source, objects: make(map[string][]byte)}
}

// Get returns the copy of an object.
func (w *Watcher) Get(key string) ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	v, ok := w.objects[key]
	return v, ok
}

// Run follows the source until it fails for good.
func (w *Watcher) Run(ctx context.Context, pause time.Duration) error {
	defer w.hangUp()
	for {
		events, err := w.connect(ctx)
		if err == nil {
			err = w.follow(events)
		}
		if !errors.Is(err, ErrExpired) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (w *Watcher) connect(ctx context.Context) (<-chan Event, error) {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	w.mu.Lock()
	defer w.mu.Unlock()
	events, err := w.source.Watch(ctx, w.version)
	if err != nil {
		cancel()
		return nil, err
	}
	w.cancel = cancel // LEAK
	return events, nil
}

func (w *Watcher) follow(events <-chan Event) error {
	for e := range events {
		if e.Err != nil {
			return e.Err
		}
		w.mu.Lock()
		w.version, w.objects[e.Key] = e.Version, e.Value
		w.mu.Unlock()
	}
	return ErrExpired
}

func (w *Watcher) hangUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancel != nil {
		w.cancel()
	}
}
