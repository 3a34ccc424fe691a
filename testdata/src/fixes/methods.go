// The method that ends an object forgets its context.
package fixes

import "context"

type poller struct {
	cancel context.CancelFunc
	quit   chan struct{}
	done   chan struct{}
}

func newPoller(parent context.Context, poll func(context.Context)) *poller {
	ctx, cancel := context.WithCancel(parent)
	p := &poller{cancel, make(chan struct{}), make(chan struct{})}
	go func() {
		defer close(p.done)
		for {
			select {
			case <-p.quit:
				return
			default:
				poll(ctx)
			}
		}
	}()
	return p
}

func (p *poller) Stop() {
	close(p.quit)
	<-p.done
}

type ticker struct {
	cancel context.CancelCauseFunc
	quit   chan struct{}
}

func newTicker(parent context.Context, tick func(context.Context)) *ticker {
	ctx, cancel := context.WithCancelCause(parent)
	go tick(ctx)
	return &ticker{cancel, make(chan struct{})}
}

func (t *ticker) Stop() { close(t.quit) }

// No fix below: which method is the end, is not clear.

type beater struct {
	cancel context.CancelFunc
	quit   chan struct{}
	beats  chan string
}

func newBeater(parent context.Context, beat func(context.Context)) *beater {
	ctx, cancel := context.WithCancel(parent)
	go beat(ctx)
	return &beater{cancel, make(chan struct{}), make(chan string)}
}

func (b *beater) Stop() { close(b.quit) }

func (b *beater) Mute() { close(b.beats) }
