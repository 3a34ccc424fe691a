// Package sched runs jobs one after the other, in the background.
package sched

import (
	"context"
	"sync"
)

// Scheduler runs jobs. Stop must be called.
type Scheduler struct {
	ctx    context.Context
	cancel context.CancelFunc
	start  sync.Once
	queue  chan func(context.Context)
}

// New returns a scheduler with a queue of the given length.
func New(ctx context.Context, length int) *Scheduler {
	ctx, cancel := context.WithCancel(ctx)
	return &Scheduler{ctx: ctx, cancel: cancel, queue: make(chan func(context.Context), length)}
}

// Submit queues a job; the first one starts the worker.
func (s *Scheduler) Submit(job func(context.Context)) error {
	s.start.Do(func() { go s.work() })
	select {
	case s.queue <- job:
		return nil
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
}

func (s *Scheduler) work() {
	for {
		select {
		case job := <-s.queue:
			job(s.ctx)
		case <-s.ctx.Done():
			return
		}
	}
}

// Stop stops the worker.
func (s *Scheduler) Stop() { s.cancel() }
