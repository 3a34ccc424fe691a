// Package worker runs a task at intervals.
package worker

import (
	"context"
	"time"
)

// Worker is a running task.
type Worker struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// Start runs task at intervals until ctx is done or the worker is stopped.
func Start(ctx context.Context, every time.Duration, task func(context.Context)) *Worker {
	ctx, cancel := context.WithCancel(ctx)
	w := &Worker{cancel: cancel, done: make(chan struct{})}
	go w.run(ctx, every, task)
	return w
}

func (w *Worker) run(ctx context.Context, every time.Duration, task func(context.Context)) {
	defer close(w.done)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			task(ctx)
		}
	}
}

// Stop stops the worker and waits for it.
func (w *Worker) Stop() {
	w.cancel()
	<-w.done
}
