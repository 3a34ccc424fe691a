// Package poll keeps the latest value of something that must be asked for.
package poll

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Poller asks at an interval.
type Poller[T any] struct {
	ask    func(ctx context.Context) (T, error)
	latest atomic.Pointer[T]
	fails  atomic.Int64

	ctx    context.Context
	cancel context.CancelFunc

	once sync.Once
	quit chan struct{}
	done chan struct{}
}

// Start starts a poller under parent.
func Start[T any](parent context.Context, every time.Duration, ask func(context.Context) (T, error)) *Poller[T] {
	p := &Poller[T]{
		ask:  ask,
		quit: make(chan struct{}),
		done: make(chan struct{}),
	}
	p.ctx, p.cancel = context.WithCancel(parent) // LEAK
	go p.run(every)
	return p
}

func (p *Poller[T]) run(every time.Duration) {
	defer close(p.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		p.poll(every)
		select {
		case <-tick.C:
		case <-p.quit:
			return
		case <-p.ctx.Done():
			return
		}
	}
}

func (p *Poller[T]) poll(limit time.Duration) {
	ctx, cancel := context.WithTimeout(p.ctx, limit)
	defer cancel()
	v, err := p.ask(ctx)
	if err != nil {
		p.fails.Add(1)
		return
	}
	p.latest.Store(&v)
}

// Latest returns the latest value, if there is one.
func (p *Poller[T]) Latest() (v T, ok bool) {
	if l := p.latest.Load(); l != nil {
		return *l, true
	}
	return v, false
}

// Stop ends the polling and waits for it.
func (p *Poller[T]) Stop() {
	p.once.Do(func() {
		close(p.quit)
	})
	<-p.done
}
