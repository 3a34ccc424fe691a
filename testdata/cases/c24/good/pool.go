// Package pool runs a fixed number of workers and restarts those that crash.
package pool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Worker does the work of one slot until ctx is done.
type Worker func(ctx context.Context, slot int) error

type crash struct {
	slot int
	err  error
}

// Pool is a set of workers.
type Pool struct {
	work    Worker
	pause   time.Duration
	crashes chan crash

	mu      sync.Mutex
	cancels []context.CancelFunc
	counts  []int
}

// New returns a pool of n workers.
func New(n int, pause time.Duration, work Worker) *Pool {
	return &Pool{
		work:    work,
		pause:   pause,
		crashes: make(chan crash, n),
		cancels: make([]context.CancelFunc, n),
		counts:  make([]int, n),
	}
}

func (p *Pool) start(parent context.Context, slot int) {
	ctx, cancel := context.WithCancel(parent)
	p.mu.Lock()
	if old := p.cancels[slot]; old != nil {
		old()
	}
	p.cancels[slot] = cancel
	p.counts[slot]++
	p.mu.Unlock()
	go func() {
		err := p.work(ctx, slot)
		if err != nil && !errors.Is(err, context.Canceled) {
			p.crashes <- crash{slot, err}
		}
	}()
}

// Run keeps the workers running until ctx is done or one crashed too often.
func (p *Pool) Run(ctx context.Context, limit int) error {
	defer p.stop()
	for slot := range p.cancels {
		p.start(ctx, slot)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case c := <-p.crashes:
			if p.counts[c.slot] > limit {
				return fmt.Errorf("slot %d: %w", c.slot, c.err)
			}
			time.Sleep(p.pause)
			p.start(ctx, c.slot)
		}
	}
}

func (p *Pool) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cancel := range p.cancels {
		if cancel != nil {
			cancel()
		}
	}
}
