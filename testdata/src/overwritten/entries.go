package overwritten

// "Map or slice entry or global": stored over while it may be alive. "Silent
// on a release of the old value first, map entry with ok-check."

import (
	"context"
	"errors"
	"sync"
)

var errRunning = errors.New("is running")

// registry has one function per key.
type registry struct {
	mu      sync.Mutex
	cancels map[string]context.CancelFunc
	others  map[string]bool
}

func (r *registry) Stop(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel, ok := r.cancels[key]; ok {
		cancel()
		delete(r.cancels, key)
	}
}

// RunLeaks is called for a key whenever it changes.
func (r *registry) RunLeaks(parent context.Context, key string, run func(context.Context)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ctx, cancel := context.WithCancel(parent)
	r.cancels[key] = cancel // want `\[overwritten\]`
	go run(ctx)
}

func (r *registry) RunClean(parent context.Context, key string, run func(context.Context)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if old, ok := r.cancels[key]; ok {
		old()
	}
	ctx, cancel := context.WithCancel(parent)
	r.cancels[key] = cancel
	go run(ctx)
}

// RunOtherLeaks looks the key up in the wrong map.
func (r *registry) RunOtherLeaks(parent context.Context, key string, run func(context.Context)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.others[key]; ok {
		return errRunning
	}
	ctx, cancel := context.WithCancel(parent)
	r.cancels[key] = cancel // want `\[overwritten\]`
	go run(ctx)
	return nil
}

func (r *registry) RunUnlessRunningClean(parent context.Context, key string, run func(context.Context)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.cancels[key]; ok {
		return errRunning
	}
	ctx, cancel := context.WithCancel(parent)
	r.cancels[key] = cancel
	go run(ctx)
	return nil
}

// RunAfterStopClean has a helper release and remove the old function.
func (r *registry) RunAfterStopClean(parent context.Context, key string, run func(context.Context)) {
	r.Stop(key)
	ctx, cancel := context.WithCancel(parent)
	r.mu.Lock()
	r.cancels[key] = cancel
	r.mu.Unlock()
	go run(ctx)
}

// Watch runs whatever changes; a key may change any number of times.
func (r *registry) Watch(parent context.Context, changes <-chan string, run func(context.Context)) {
	for key := range changes {
		r.RunLeaks(parent, key, run)
	}
}

// WatchOther likewise.
func (r *registry) WatchOther(parent context.Context, changes <-chan string, run func(context.Context)) (err error) {
	for key := range changes {
		err = errors.Join(err,
			r.RunOtherLeaks(parent, key, run),
			r.RunUnlessRunningClean(parent, key, run))
	}
	return err
}

// WatchCarefully likewise.
func (r *registry) WatchCarefully(parent context.Context, changes <-chan string, run func(context.Context)) {
	for key := range changes {
		r.RunClean(parent, key, run)
		r.RunAfterStopClean(parent, key, run)
	}
}

// entry is a map's element by value.
type entry struct {
	name   string
	cancel context.CancelFunc
}

type table struct{ entries map[int]entry }

func (t *table) Close() {
	for _, e := range t.entries {
		e.cancel()
	}
}

// PutLeaks gets some numbers twice.
func (t *table) PutLeaks(parent context.Context, numbers <-chan int, name string, run func(context.Context)) {
	for n := range numbers {
		ctx, cancel := context.WithCancel(parent)
		t.entries[n%8] = entry{name: name, cancel: cancel} // want `\[overwritten\]`
		go run(ctx)
	}
}

func (t *table) PutClean(parent context.Context, numbers <-chan int, name string, run func(context.Context)) {
	for n := range numbers {
		if old, ok := t.entries[n%8]; ok {
			old.cancel()
		}
		ctx, cancel := context.WithCancel(parent)
		t.entries[n%8] = entry{name: name, cancel: cancel}
		go run(ctx)
	}
}

// runners are the elements of a slice; each runs one job at a time.
type runners struct {
	slots []context.CancelFunc
	fixed [4]context.CancelFunc
}

func (r *runners) Close() {
	for _, cancel := range r.slots {
		if cancel != nil {
			cancel()
		}
	}
	for _, cancel := range r.fixed {
		if cancel != nil {
			cancel()
		}
	}
}

func (r *runners) SliceLeaks(parent context.Context, jobs <-chan int, run func(context.Context, int)) {
	for j := range jobs {
		i := j % len(r.slots)
		ctx, cancel := context.WithCancel(parent)
		r.slots[i] = cancel // want `\[overwritten\]`
		go run(ctx, j)
	}
}

func (r *runners) SliceClean(parent context.Context, jobs <-chan int, run func(context.Context, int)) {
	for j := range jobs {
		i := j % len(r.slots)
		if r.slots[i] != nil {
			r.slots[i]()
		}
		ctx, cancel := context.WithCancel(parent)
		r.slots[i] = cancel
		go run(ctx, j)
	}
}

func (r *runners) ArrayLeaks(parent context.Context, jobs <-chan int, run func(context.Context, int)) {
	for j := range jobs {
		var ctx context.Context
		ctx, r.fixed[j%4] = context.WithCancel(parent) // want `\[overwritten\]`
		go run(ctx, j)
	}
}

func (r *runners) ArrayClean(parent context.Context, jobs <-chan int, run func(context.Context, int)) {
	for j := range jobs {
		if old := r.fixed[j%4]; old != nil {
			old()
		}
		var ctx context.Context
		ctx, r.fixed[j%4] = context.WithCancel(parent)
		go run(ctx, j)
	}
}

// AppendClean stores over nothing: each function has a place of its own.
func (r *runners) AppendClean(parent context.Context, jobs <-chan int, run func(context.Context, int)) {
	for j := range jobs {
		ctx, cancel := context.WithCancel(parent)
		r.slots = append(r.slots, cancel)
		go run(ctx, j)
	}
}

var (
	reloadMu     sync.Mutex
	reloadCancel context.CancelFunc
)

func reloadLeaks(parent context.Context, load func(context.Context)) {
	reloadMu.Lock()
	defer reloadMu.Unlock()
	var ctx context.Context
	ctx, reloadCancel = context.WithCancel(parent) // want `\[overwritten\]`
	go load(ctx)
}

func reloadClean(parent context.Context, load func(context.Context)) {
	reloadMu.Lock()
	defer reloadMu.Unlock()
	if reloadCancel != nil {
		reloadCancel()
	}
	var ctx context.Context
	ctx, reloadCancel = context.WithCancel(parent)
	go load(ctx)
}

// ReloadOn reloads on every hangup.
func ReloadOn(parent context.Context, hangups <-chan struct{}, careful bool, load func(context.Context)) {
	for range hangups {
		if careful {
			reloadClean(parent, load)
		} else {
			reloadLeaks(parent, load)
		}
	}
	reloadMu.Lock()
	defer reloadMu.Unlock()
	if reloadCancel != nil {
		reloadCancel()
	}
}
