// Package pool runs a fixed set of named workers.
package pool

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Job is what a worker does on each tick.
type Job func(ctx context.Context, worker string) error

type worker struct {
	name   string
	every  time.Duration
	ctx    context.Context
	cancel context.CancelFunc
}

// Pool is a set of workers.
type Pool struct {
	job     Job
	workers []worker

	mu      sync.Mutex
	started bool
	errs    []error
	wg      sync.WaitGroup
}

// New returns a pool with a worker per name.
func New(job Job, every time.Duration, names ...string) *Pool {
	p := &Pool{job: job}
	for _, n := range names {
		p.workers = append(p.workers, worker{name: n, every: every})
	}
	return p
}

// Start starts all workers, once.
func (p *Pool) Start(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.started {
		return errors.New("pool is started")
	}
	p.started = true
	for i := range p.workers {
		w := &p.workers[i]
		w.ctx, w.cancel = context.WithCancel(ctx)
		p.wg.Go(func() { p.run(w.ctx, w.name, w.every) })
	}
	return nil
}

func (p *Pool) run(ctx context.Context, name string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := p.job(ctx, name); err != nil {
				p.mu.Lock()
				p.errs = append(p.errs, err)
				p.mu.Unlock()
			}
		case <-ctx.Done():
			return
		}
	}
}

// Stop stops all workers and returns their errors.
func (p *Pool) Stop() error {
	for _, w := range p.workers {
		if w.cancel != nil {
			w.cancel()
		}
	}
	p.wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return errors.Join(p.errs...)
}
