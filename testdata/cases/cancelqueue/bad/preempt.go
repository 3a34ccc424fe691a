// Package preempt runs jobs that may be stopped to make room.
package preempt

import (
	"context"
	"sync"
	"sync/atomic"
)

// Runner runs jobs.
type Runner struct {
	ctx     context.Context
	quit    context.CancelFunc
	victims chan context.CancelFunc
	spared  atomic.Int64
	wg      sync.WaitGroup
}

// NewRunner returns a runner that can preempt the given number of jobs.
func NewRunner(ctx context.Context, victims int) *Runner {
	ctx, quit := context.WithCancel(ctx)
	return &Runner{ctx: ctx, quit: quit, victims: make(chan context.CancelFunc, victims)}
}

// Start runs job until it returns.
func (r *Runner) Start(job func(context.Context)) {
	ctx, cancel := context.WithCancel(r.ctx) // LEAK
	select {
	case r.victims <- cancel:
	default:
		// Enough jobs to choose from: this one runs to its end.
		r.spared.Add(1)
	}
	r.wg.Go(func() {
		job(ctx)
	})
}

// Preempt stops the job that has been running longest, if any.
func (r *Runner) Preempt() bool {
	select {
	case cancel := <-r.victims:
		cancel()
		return true
	default:
		return false
	}
}

// Spared returns how many jobs could not have been preempted.
func (r *Runner) Spared() int64 { return r.spared.Load() }

// Close stops all jobs and waits for them.
func (r *Runner) Close() {
	for r.Preempt() {
	}
	r.quit()
	r.wg.Wait()
}
