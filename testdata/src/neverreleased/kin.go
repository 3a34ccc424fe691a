package neverreleased

// The kin of WithCancel: a timer's, a signal's, an AfterFunc's stop, and an errgroup that nobody waits for.

import (
	"context"
	"net"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sync/errgroup"
)

// TimeoutLeaks keeps the cancel function of a long timeout.
type TimeoutLeaks struct {
	cancel context.CancelFunc
}

// NewTimeoutLeaks starts work that takes a day at most.
func NewTimeoutLeaks(parent context.Context) *TimeoutLeaks {
	ctx, cancel := context.WithTimeout(parent, 24*time.Hour) // want `\[neverreleased\]`
	go work(ctx)
	return &TimeoutLeaks{cancel: cancel}
}

// TimeoutClean can end it before.
type TimeoutClean struct {
	cancel context.CancelFunc
}

// NewTimeoutClean starts work that takes a day at most.
func NewTimeoutClean(parent context.Context) *TimeoutClean {
	ctx, cancel := context.WithTimeout(parent, 24*time.Hour)
	go work(ctx)
	return &TimeoutClean{cancel: cancel}
}

// Stop ends the work.
func (t *TimeoutClean) Stop() { t.cancel() }

// SignalLeaks keeps the stop of signal.NotifyContext.
type SignalLeaks struct {
	stop context.CancelFunc
}

// NewSignalLeaks does work until an interrupt.
func NewSignalLeaks(parent context.Context) *SignalLeaks {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt) // want `\[neverreleased\]`
	go work(ctx)
	return &SignalLeaks{stop: stop}
}

// SignalClean calls it.
type SignalClean struct {
	stop context.CancelFunc
}

// NewSignalClean does work until an interrupt.
func NewSignalClean(parent context.Context) *SignalClean {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt)
	go work(ctx)
	return &SignalClean{stop: stop}
}

// Close gives the signal back.
func (s *SignalClean) Close() { s.stop() }

// ServerLeaks makes connections that close themselves when the server ends.
type ServerLeaks struct {
	ctx context.Context
}

// NewServerLeaks returns a server that ends with ctx.
func NewServerLeaks(ctx context.Context) *ServerLeaks { return &ServerLeaks{ctx: ctx} }

// ConnLeaks stays registered with the server after its Close.
type ConnLeaks struct {
	net.Conn
	stop func() bool
}

// Accept wraps c.
func (s *ServerLeaks) Accept(c net.Conn) *ConnLeaks {
	stop := context.AfterFunc(s.ctx, func() { c.Close() }) // want `\[neverreleased\]`
	return &ConnLeaks{Conn: c, stop: stop}
}

// Close closes the connection.
func (c *ConnLeaks) Close() error { return c.Conn.Close() }

// ServerClean makes connections that close themselves when the server ends.
type ServerClean struct {
	ctx context.Context
}

// NewServerClean returns a server that ends with ctx.
func NewServerClean(ctx context.Context) *ServerClean { return &ServerClean{ctx: ctx} }

// ConnClean takes itself off.
type ConnClean struct {
	net.Conn
	stop func() bool
}

// Accept wraps c.
func (s *ServerClean) Accept(c net.Conn) *ConnClean {
	stop := context.AfterFunc(s.ctx, func() { c.Close() })
	return &ConnClean{Conn: c, stop: stop}
}

// Close closes the connection.
func (c *ConnClean) Close() error {
	c.stop()
	return c.Conn.Close()
}

// GroupLeaks starts goroutines in a group and never waits for them.
type GroupLeaks struct {
	group *errgroup.Group
	ctx   context.Context
}

// NewGroupLeaks returns an empty group under parent.
func NewGroupLeaks(parent context.Context) *GroupLeaks {
	group, ctx := errgroup.WithContext(parent) // want `\[neverreleased\]`
	return &GroupLeaks{group: group, ctx: ctx}
}

// Go starts f.
func (g *GroupLeaks) Go(f func(context.Context) error) {
	g.group.Go(func() error { return f(g.ctx) })
}

// GroupClean waits.
type GroupClean struct {
	group *errgroup.Group
	ctx   context.Context
}

// NewGroupClean returns an empty group under parent.
func NewGroupClean(parent context.Context) *GroupClean {
	group, ctx := errgroup.WithContext(parent)
	return &GroupClean{group: group, ctx: ctx}
}

// Go starts f.
func (g *GroupClean) Go(f func(context.Context) error) {
	g.group.Go(func() error { return f(g.ctx) })
}

// Wait waits for all.
func (g *GroupClean) Wait() error { return g.group.Wait() }
