package overwritten

// "Asking first": a method says whether the entry is there; and an object that each
// turn makes is met once.

import (
	"context"
	"sync"
)

// Tails follow files by name.
type Tails struct {
	mu      sync.Mutex
	m       map[string]context.CancelFunc
	readers []*tailReader
}

func (t *Tails) has(name string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.m[name]
	return ok
}

func (t *Tails) addClean(name string, cancel context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[name] = cancel
}

func (t *Tails) GatherClean(parent context.Context, names []string, tail func(context.Context, string)) {
	for _, name := range names {
		if t.has(name) {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		t.addClean(name, cancel)
		go tail(ctx, name)
	}
}

func (t *Tails) addLeaks(name string, cancel context.CancelFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[name] = cancel // want `\[overwritten\]`
}

func (t *Tails) GatherLeaks(parent context.Context, names []string, tail func(context.Context, string)) {
	for _, name := range names {
		if !t.has(name) {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		t.addLeaks(name, cancel)
		go tail(ctx, name)
	}
}

// OtherLeaks asks for another entry.
func (t *Tails) OtherLeaks(parent context.Context, name string, tail func(context.Context, string)) {
	if t.has(name + ".gz") {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	t.m[name] = cancel // want `\[overwritten\]`
	go tail(ctx, name)
}

func (t *Tails) Close() {
	for _, cancel := range t.m {
		cancel()
	}
	for _, r := range t.readers {
		r.stop()
	}
}

type tailReader struct{ stop context.CancelFunc }

func (r *tailReader) initClean(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	r.stop = cancel
	go func() { <-ctx.Done() }()
	return nil
}

func (t *Tails) EachClean(parent context.Context, n int) error {
	for range n {
		r := &tailReader{}
		if err := r.initClean(parent); err != nil {
			return err
		}
		t.readers = append(t.readers, r)
	}
	return nil
}

func (r *tailReader) initLeaks(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	r.stop = cancel // want `\[overwritten\]`
	go func() { <-ctx.Done() }()
	return nil
}

func (t *Tails) OneLeaks(parent context.Context, n int) error {
	r := &tailReader{}
	for range n {
		if err := r.initLeaks(parent); err != nil {
			return err
		}
		t.readers = append(t.readers, r)
	}
	return nil
}
