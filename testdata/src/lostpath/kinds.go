package lostpath

// Every source's obligation on every path: "result 1", "result 1 (stop)",
// "result 0, when the parent outlives the call", "Wait".

import (
	"context"
	"errors"
	"net"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
)

var errLate = errors.New("late")

func CancelCauseLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	err := do(ctx)
	cancel(err)
	return err
}

func CancelCauseClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(parent)
	if err := check(); err != nil {
		cancel(err)
		return err
	}
	err := do(ctx)
	cancel(err)
	return err
}

func DeadlineLeaks(parent context.Context, at time.Time, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadline(parent, at) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func DeadlineClean(parent context.Context, at time.Time, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadline(parent, at)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func DeadlineCauseLeaks(parent context.Context, at time.Time, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadlineCause(parent, at, errLate) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func DeadlineCauseClean(parent context.Context, at time.Time, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadlineCause(parent, at, errLate)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func TimeoutCauseLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errLate) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func TimeoutCauseClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errLate)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func SignalLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer stop()
	return do(ctx)
}

func SignalClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt)
	defer stop()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

// pool lends connections until it is closed.
type pool struct {
	ctx  context.Context
	stop context.CancelFunc
}

func newPool(parent context.Context) *pool {
	ctx, stop := context.WithCancel(parent)
	return &pool{ctx: ctx, stop: stop}
}

func (p *pool) Close() { p.stop() }

func (p *pool) AfterLeaks(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(p.ctx, func() { c.Close() }) // want `\[lostpath\]`
	if err := do(c); err != nil {
		return err
	}
	stop()
	return nil
}

func (p *pool) AfterClean(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(p.ctx, func() { c.Close() })
	defer stop()
	return do(c)
}

// AfterStoppedClean calls stop for its result, too.
func (p *pool) AfterStoppedClean(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(p.ctx, func() { c.Close() })
	err := do(c)
	if !stop() {
		return p.ctx.Err()
	}
	return err
}

func GroupLeaks(parent context.Context, check func() error, a, b func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent) // want `group of errgroup.WithContext is not waited for on every path`
	g.Go(func() error { return a(ctx) })
	if err := check(); err != nil {
		return err
	}
	g.Go(func() error { return b(ctx) })
	return g.Wait()
}

func GroupClean(parent context.Context, check func() error, a, b func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	g.Go(func() error { return a(ctx) })
	if err := check(); err != nil {
		return errors.Join(err, g.Wait())
	}
	g.Go(func() error { return b(ctx) })
	return g.Wait()
}

func GroupDeferredClean(parent context.Context, check func() error, a func(context.Context) error) (err error) {
	g, ctx := errgroup.WithContext(parent)
	defer func() { err = errors.Join(err, g.Wait()) }()
	g.Go(func() error { return a(ctx) })
	return check()
}
