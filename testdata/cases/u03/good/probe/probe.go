// Package probe checks an address at regular times.
package probe

import (
	"context"
	"sync/atomic"
	"time"
)

// Probe is a running check. Close must be called.
type Probe struct {
	Addr   string
	ok     atomic.Bool
	cancel context.CancelFunc
	done   chan struct{}
}

// Start checks addr until Close.
func Start(ctx context.Context, addr string, every time.Duration, check func(context.Context, string) error) *Probe {
	ctx, cancel := context.WithCancel(ctx)
	p := &Probe{Addr: addr, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			p.ok.Store(check(ctx, addr) == nil)
			select {
			case <-ctx.Done():
				return
			case <-t.C:
			}
		}
	}()
	return p
}

// OK is the result of the latest check.
func (p *Probe) OK() bool { return p.ok.Load() }

// Close ends the checks.
func (p *Probe) Close() {
	p.cancel()
	<-p.done
}
