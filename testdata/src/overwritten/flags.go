package overwritten

// "Flags of sync/atomic", "asked of a generic container", and "options".

import (
	"context"
	"sync/atomic"
)

// A sendLine is open while active says so.
type sendLine struct {
	root   context.Context
	active atomic.Bool
	cancel context.CancelFunc
	send   func(context.Context) error
}

func (l *sendLine) SendClean() error {
	var ctx context.Context
	if !l.active.Load() {
		ctx, l.cancel = context.WithCancel(l.root)
		l.active.Store(true)
	}
	if err := l.send(ctx); err != nil {
		l.cancel()
		l.active.Store(false)
		return err
	}
	return nil
}

func UseSendLine(l *sendLine, again <-chan bool) {
	for range again {
		_ = l.SendClean()
	}
	l.cancel()
}

// A sendTrunk is another.
type sendTrunk struct {
	root   context.Context
	active atomic.Bool
	cancel context.CancelFunc
	send   func(context.Context) error
}

func (t *sendTrunk) SendLeaks() error {
	var ctx context.Context
	if !t.active.Load() {
		ctx, t.cancel = context.WithCancel(t.root) // want `^cancel function of context.WithCancel is overwritten in t.cancel while still live`
		t.active.Store(true)
	}
	if err := t.send(ctx); err != nil {
		t.active.Store(false)
		return err
	}
	return nil
}

func UseSendTrunk(t *sendTrunk, again <-chan bool) {
	for range again {
		_ = t.SendLeaks()
	}
	t.cancel()
}

type genericWatches[K comparable] struct{ m map[K]context.CancelFunc }

func (w *genericWatches[K]) put(k K, stop context.CancelFunc) { w.m[k] = stop }
func (w *genericWatches[K]) has(k K) bool                     { _, ok := w.m[k]; return ok }

func (w *genericWatches[K]) end(k K) {
	if stop, ok := w.m[k]; ok {
		stop()
		delete(w.m, k)
	}
}

type GenericWatcher struct {
	w   genericWatches[string]
	run func(context.Context)
}

func (w *GenericWatcher) AddClean(parent context.Context, k string) {
	if w.w.has(k) {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	w.w.put(k, cancel)
	go w.run(ctx)
}

func (w *GenericWatcher) Remove(k string) { w.w.end(k) }

// A madeResource is ended by its owner, if that made it.
type madeResource struct{ cancel context.CancelFunc }

func (r *madeResource) Close() { r.cancel() }

func newResource(parent context.Context, run func(context.Context)) *madeResource {
	ctx, cancel := context.WithCancel(parent)
	go run(ctx)
	return &madeResource{cancel}
}

type OptionClient struct {
	r   *madeResource
	own bool
}

// WithResource is an option of NewOptionClient.
func WithResource(r *madeResource) func(*OptionClient) {
	return func(c *OptionClient) { c.r = r }
}

func NewOptionClient(parent context.Context, run func(context.Context), options ...func(*OptionClient)) *OptionClient {
	c := new(OptionClient)
	for _, option := range options {
		option(c)
	}
	if c.r == nil {
		c.r, c.own = newResource(parent, run), true
	}
	return c
}

func (c *OptionClient) Close() {
	if c.own {
		c.r.Close()
	}
}

type LateClient struct{ r *madeResource }

// WithLateResource is an option that can come too late.
func WithLateResource(r *madeResource) func(*LateClient) {
	return func(c *LateClient) {
		c.r = r // want `^result of newResource is overwritten in c.r while still live`
	}
}

func NewLateClient(parent context.Context, run func(context.Context)) *LateClient {
	return &LateClient{r: newResource(parent, run)}
}

func (c *LateClient) Apply(option func(*LateClient)) { option(c) }

func (c *LateClient) Close() { c.r.Close() }
