// Package poller calls a source at regular times.
package poller

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Source is polled.
type Source interface {
	Name() string
	Poll(ctx context.Context) (int, error)
}

// Poller polls one source.
type Poller struct {
	src    Source
	every  time.Duration
	abort  context.CancelFunc
	quit   chan struct{}
	once   sync.Once
	idle   sync.WaitGroup
	report func(name string, n int)
}

// Start polls src until Stop is called or ctx ends.
func Start(ctx context.Context, src Source, every time.Duration, report func(string, int)) *Poller {
	ctx, abort := context.WithCancel(ctx)
	p := &Poller{
		src:    src,
		every:  every,
		abort:  abort,
		quit:   make(chan struct{}),
		report: report,
	}
	p.idle.Go(func() { p.loop(ctx) })
	return p
}

func (p *Poller) loop(ctx context.Context) {
	t := time.NewTicker(p.every)
	defer t.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-ctx.Done():
			return
		case <-t.C:
		}
		n, err := p.src.Poll(ctx)
		if err != nil {
			slog.WarnContext(ctx, "poll failed", "source", p.src.Name(), "err", err)
			continue
		}
		p.report(p.src.Name(), n)
	}
}

// Stop ends the polling and waits for the last poll.
func (p *Poller) Stop() {
	p.once.Do(func() {
		close(p.quit)
		p.abort()
	})
	p.idle.Wait()
}
