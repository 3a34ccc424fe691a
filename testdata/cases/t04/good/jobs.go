// Package jobs runs workers.
package jobs

import (
	"context"
	"time"

	"cases/t04/good/worker"
)

// Fleet is a set of workers.
type Fleet struct {
	workers []*worker.Worker
}

// Poll adds a worker that calls f at an interval.
func (f *Fleet) Poll(ctx context.Context, name string, every time.Duration, call func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	w := worker.New(worker.Config{Name: name}, func(ctx context.Context) error {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				if err := call(ctx); err != nil {
					return err
				}
			case <-ctx.Done():
				return nil
			}
		}
	}, worker.WithContext(ctx, cancel), worker.WithGrace(every))
	f.workers = append(f.workers, w)
}

// Run adds a worker that runs once.
func (f *Fleet) Run(ctx context.Context, name string, run func(context.Context) error) {
	ctx, cancel := context.WithCancel(ctx)
	cfg := worker.Config{Name: name, OnStop: cancel}
	f.workers = append(f.workers, worker.New(cfg, func(context.Context) error { return run(ctx) }))
}

// Once runs f in a worker of its own and stops it after the limit.
func Once(ctx context.Context, limit time.Duration, run func(context.Context) error) bool {
	ctx, cancel := context.WithCancel(ctx)
	opts := []worker.Option{worker.WithContext(ctx, cancel)}
	w := worker.New(worker.Config{Name: "once"}, run, opts...)
	time.Sleep(limit)
	return w.Stop()
}

// Stop stops all workers and returns how many ended in time.
func (f *Fleet) Stop() (ended int) {
	for _, w := range f.workers {
		if w.Stop() {
			ended++
		}
	}
	f.workers = nil
	return ended
}
