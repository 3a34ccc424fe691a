package overwritten

// Every source's obligation can be stored over: cause, timeout, signal,
// AfterFunc, errgroup.

import (
	"context"
	"net"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
)

// places has one field per kind.
type places struct {
	cause   context.CancelCauseFunc
	timeout context.CancelFunc
	signal  context.CancelFunc
	after   func() bool
	group   *errgroup.Group
}

// Close releases everything.
func (p *places) Close() error {
	if p.cause != nil {
		p.cause(nil)
	}
	if p.timeout != nil {
		p.timeout()
	}
	if p.signal != nil {
		p.signal()
	}
	if p.after != nil {
		p.after()
	}
	if p.group != nil {
		return p.group.Wait()
	}
	return nil
}

func (p *places) CauseLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, p.cause = context.WithCancelCause(parent) // want `\[overwritten\]`
		go do(ctx, s)
	}
}

func (p *places) CauseClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		if p.cause != nil {
			p.cause(context.Canceled)
		}
		var ctx context.Context
		ctx, p.cause = context.WithCancelCause(parent)
		go do(ctx, s)
	}
}

func (p *places) TimeoutLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, p.timeout = context.WithTimeout(parent, 24*time.Hour) // want `\[overwritten\]`
		go do(ctx, s)
	}
}

func (p *places) TimeoutClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		if p.timeout != nil {
			p.timeout()
		}
		var ctx context.Context
		ctx, p.timeout = context.WithTimeout(parent, 24*time.Hour)
		go do(ctx, s)
	}
}

func (p *places) SignalLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, p.signal = signal.NotifyContext(parent, os.Interrupt) // want `\[overwritten\]`
		go do(ctx, s)
	}
}

func (p *places) SignalClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		if p.signal != nil {
			p.signal()
		}
		var ctx context.Context
		ctx, p.signal = signal.NotifyContext(parent, os.Interrupt)
		go do(ctx, s)
	}
}

// owner closes the connection in use when its own context ends.
type owner struct {
	places
	ctx  context.Context
	stop context.CancelFunc
}

func newOwner(parent context.Context) *owner {
	o := &owner{}
	o.ctx, o.stop = context.WithCancel(parent)
	return o
}

func (o *owner) Close() error {
	o.stop()
	return o.places.Close()
}

// AfterLeaks leaves the connections of all earlier turns on the context.
func (o *owner) AfterLeaks(in <-chan net.Conn, do func(net.Conn)) {
	for c := range in {
		o.after = context.AfterFunc(o.ctx, func() { c.Close() }) // want `\[overwritten\]`
		do(c)
		c.Close()
	}
}

func (o *owner) AfterClean(in <-chan net.Conn, do func(net.Conn)) {
	for c := range in {
		if o.after != nil {
			o.after()
		}
		o.after = context.AfterFunc(o.ctx, func() { c.Close() })
		do(c)
		c.Close()
	}
}

func (p *places) GroupLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		var ctx context.Context
		p.group, ctx = errgroup.WithContext(parent) // want `\[overwritten\]`
		p.group.Go(func() error { return do(ctx, s) })
	}
}

func (p *places) GroupClean(parent context.Context, in <-chan string, do func(context.Context, string) error) (err error) {
	for s := range in {
		if p.group != nil {
			if err = p.group.Wait(); err != nil {
				return err
			}
		}
		var ctx context.Context
		p.group, ctx = errgroup.WithContext(parent)
		p.group.Go(func() error { return do(ctx, s) })
	}
	return nil
}
