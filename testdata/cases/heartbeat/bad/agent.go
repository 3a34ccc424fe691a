// Package member tells a cluster that a node is alive.
package member

import (
	"context"
	"sync/atomic"
	"time"
)

// Beat tells the cluster once.
type Beat func(ctx context.Context) error

// agent tells the cluster at intervals.
type agent struct {
	beat    Beat
	cancel  context.CancelFunc
	stopped atomic.Bool
	missed  atomic.Int64
}

func startAgent(ctx context.Context, every time.Duration, beat Beat) *agent {
	ctx, cancel := context.WithCancel(ctx)  // LEAK
	a := &agent{beat: beat, cancel: cancel} // LEAK
	go a.run(ctx, every)
	return a
}

func (a *agent) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if a.stopped.Load() {
				continue
			}
			if err := a.beat(ctx); err != nil {
				a.missed.Add(1)
			}
		}
	}
}

func (a *agent) stop() {
	a.stopped.Store(true)
}
