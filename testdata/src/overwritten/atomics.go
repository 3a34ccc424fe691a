package overwritten

// "`atomic.Pointer[context.CancelFunc]` and `sync.Map` with swap then call."

import (
	"context"
	"sync"
	"sync/atomic"
)

// latest runs only the latest of a series of tasks.
type latest struct {
	cancel atomic.Pointer[context.CancelFunc]
	run    func(context.Context, string)
}

// StoreLeaks stores without a look at what was there.
func (l *latest) StoreLeaks(parent context.Context, tasks <-chan string) {
	for task := range tasks {
		ctx, cancel := context.WithCancel(parent)
		l.cancel.Store(&cancel) // want `\[overwritten\]`
		go l.run(ctx, task)
	}
}

// SwapClean calls what it gets back.
func (l *latest) SwapClean(parent context.Context, tasks <-chan string) {
	for task := range tasks {
		ctx, cancel := context.WithCancel(parent)
		if old := l.cancel.Swap(&cancel); old != nil {
			(*old)()
		}
		go l.run(ctx, task)
	}
}

// LoadClean calls what is there before it stores.
func (l *latest) LoadClean(parent context.Context, tasks <-chan string) {
	for task := range tasks {
		if old := l.cancel.Load(); old != nil {
			(*old)()
		}
		ctx, cancel := context.WithCancel(parent)
		l.cancel.Store(&cancel)
		go l.run(ctx, task)
	}
}

// Stop ends the latest task.
func (l *latest) Stop() {
	if old := l.cancel.Swap(nil); old != nil {
		(*old)()
	}
}

// byKey has one function per key.
type byKey struct {
	cancels sync.Map
	run     func(context.Context, string)
}

// SyncMapLeaks gets a key whenever it changes, so that keys come again.
func (b *byKey) SyncMapLeaks(parent context.Context, keys <-chan string) {
	for key := range keys {
		ctx, cancel := context.WithCancel(parent)
		b.cancels.Store(key, cancel) // want `\[overwritten\]`
		go b.run(ctx, key)
	}
}

func (b *byKey) SyncMapClean(parent context.Context, keys <-chan string) {
	for key := range keys {
		ctx, cancel := context.WithCancel(parent)
		if old, loaded := b.cancels.Swap(key, cancel); loaded {
			old.(context.CancelFunc)()
		}
		go b.run(ctx, key)
	}
}

// SyncMapRemoveClean takes the old function out and calls it first.
func (b *byKey) SyncMapRemoveClean(parent context.Context, keys <-chan string) {
	for key := range keys {
		b.Stop(key)
		ctx, cancel := context.WithCancel(parent)
		b.cancels.Store(key, cancel)
		go b.run(ctx, key)
	}
}

// Stop ends what runs for key.
func (b *byKey) Stop(key string) {
	if cancel, ok := b.cancels.LoadAndDelete(key); ok {
		cancel.(context.CancelFunc)()
	}
}
