// Package prefetch loads what will probably be asked for.
package prefetch

import (
	"context"
	"slices"
	"sync"
)

// Load loads one object.
type Load func(ctx context.Context, key string) ([]byte, error)

type fetch struct {
	key    string
	cancel context.CancelFunc
	ready  chan struct{}
	data   []byte
	err    error
}

func (f *fetch) run(ctx context.Context, load Load) {
	defer close(f.ready)
	f.data, f.err = load(ctx, f.key)
}

// Prefetcher runs a number of prefetches.
type Prefetcher struct {
	ctx  context.Context
	quit context.CancelFunc
	load Load
	keep int

	mu     sync.Mutex
	recent []*fetch // oldest first
}

// New returns a prefetcher that keeps a number of prefetches.
func New(ctx context.Context, keep int, load Load) *Prefetcher {
	p := &Prefetcher{load: load, keep: keep}
	p.ctx, p.quit = context.WithCancel(ctx)
	return p
}

// Hint says that key will probably be asked for.
func (p *Prefetcher) Hint(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.index(key) >= 0 {
		return
	}
	ctx, cancel := context.WithCancel(p.ctx)
	f := &fetch{key: key, cancel: cancel, ready: make(chan struct{})}
	go f.run(ctx, p.load)
	p.recent = append(p.recent, f)
	if len(p.recent) > p.keep {
		p.recent[0].cancel()
		p.recent = p.recent[1:]
	}
}

func (p *Prefetcher) index(key string) int {
	return slices.IndexFunc(p.recent, func(f *fetch) bool { return f.key == key })
}

func (p *Prefetcher) take(key string) *fetch {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := p.index(key)
	if i < 0 {
		return nil
	}
	f := p.recent[i]
	p.recent = slices.Delete(p.recent, i, i+1)
	return f
}

// Get returns key, which may have been prefetched.
func (p *Prefetcher) Get(ctx context.Context, key string) ([]byte, error) {
	f := p.take(key)
	if f == nil {
		return p.load(ctx, key)
	}
	defer f.cancel()
	select {
	case <-f.ready:
		return f.data, f.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close cancels all prefetches.
func (p *Prefetcher) Close() { p.quit() }
