package discarded

// The other sources: signal.NotifyContext, context.AfterFunc "when the parent
// outlives the call", errgroup.WithContext.

import (
	"context"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"

	"golang.org/x/sync/errgroup"
)

func SignalLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt) // want `\[discarded\]`
	return do(ctx)
}

func SignalClean(parent context.Context, do func(context.Context) error) error {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt)
	defer stop()
	return do(ctx)
}

func GroupLeaks(parent context.Context, do func(context.Context) error) error {
	_, ctx := errgroup.WithContext(parent) // want `\[discarded\]`
	return do(ctx)
}

func GroupClean(parent context.Context, do func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	g.Go(func() error { return do(ctx) })
	return g.Wait()
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

// UseLeaks leaves a function, and with it the connection, on the pool's
// context.
func (p *pool) UseLeaks(c net.Conn, do func(net.Conn) error) error {
	context.AfterFunc(p.ctx, func() { c.Close() }) // want `\[discarded\]`
	return do(c)
}

func (p *pool) UseClean(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(p.ctx, func() { c.Close() })
	defer stop()
	return do(c)
}

func (p *pool) BlankLeaks(c net.Conn, do func(net.Conn) error) error {
	_ = context.AfterFunc(p.ctx, func() { c.Close() }) // want `\[discarded\]`
	return do(c)
}

func (p *pool) BlankClean(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(p.ctx, func() { c.Close() })
	err := do(c)
	_ = stop()
	return err
}

var root, stopRoot = context.WithCancel(context.Background())

// Shutdown ends everything under root.
func Shutdown() { stopRoot() }

func TrackLeaks(c net.Conn, do func(net.Conn) error) error {
	context.AfterFunc(root, func() { c.Close() }) // want `\[discarded\]`
	return do(c)
}

func TrackClean(c net.Conn, do func(net.Conn) error) error {
	stop := context.AfterFunc(root, func() { c.Close() })
	defer stop()
	return do(c)
}

// ScopedClean registers its function on a context that ends with the call,
// which takes the function off.
func ScopedClean(parent context.Context, c net.Conn, do func(context.Context, net.Conn) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	context.AfterFunc(ctx, func() { c.Close() })
	return do(ctx, c)
}

// DialLeaks ties a connection to its caller's context: one that is closed
// before stays registered all the same.
func DialLeaks(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { c.Close() }) // want `\[discarded\]`
	return c, nil
}

// hooked is a connection that leaves its context when it is closed.
type hooked struct {
	net.Conn
	stop func() bool
}

func (h *hooked) Close() error {
	h.stop()
	return h.Conn.Close()
}

func DialClean(ctx context.Context, addr string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &hooked{c, context.AfterFunc(ctx, func() { c.Close() })}, nil
}

// Watch ends with the context that it runs under, or its own.
type Watch struct {
	ctx    context.Context
	cancel context.CancelFunc
	mu     sync.Mutex
	done   bool
}

func newWatch(ctx context.Context) *Watch {
	w := &Watch{}
	w.ctx, w.cancel = context.WithCancel(ctx)
	return w
}

func (w *Watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	w.cancel()
}

// RunClean asks for its own end at that of the context it is to live under.
func (w *Watch) RunClean(ctx context.Context) {
	context.AfterFunc(ctx, w.close)
}

// OwnContextClean asks for it at the end of its own.
func (w *Watch) OwnContextClean() {
	context.AfterFunc(w.ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.done = true
	})
}

// AttachLeaks asks for the end of what it is given, which may end before.
func (w *Watch) AttachLeaks(c io.Closer) {
	context.AfterFunc(w.ctx, func() { // want `\[discarded\]`
		c.Close()
		w.close()
	})
}

// EachLeaks asks again and again.
func (w *Watch) EachLeaks(in <-chan string) {
	for range in {
		context.AfterFunc(w.ctx, w.close) // want `\[discarded\]`
	}
}

// OtherLeaks asks for its own end at that of something that lives on.
func (w *Watch) OtherLeaks() {
	context.AfterFunc(root, w.close) // want `\[discarded\]`
}

// params are those of a run.
type params struct {
	ctx  context.Context
	name string
}

type runtime struct{ interrupted bool }

func (r *runtime) interrupt() { r.interrupted = true }

// ActivateClean has the runtime, which cannot be closed, live as long as the
// run's context.
func ActivateClean(p *params) *runtime {
	r := new(runtime)
	context.AfterFunc(p.ctx, func() { r.interrupt() })
	return r
}

// ConnContextClean passes on the context that it was given: it lasts as long as
// the connection.
func ConnContextClean(ctx context.Context, c net.Conn, closed func(net.Conn)) context.Context {
	context.AfterFunc(ctx, func() { closed(c) })
	return ctx
}

// EndsItClean registers on a context of its own, in the variable of the one that
// it was given, and ends that.
func EndsItClean(ctx context.Context, c net.Conn, do func(context.Context)) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		do(ctx)
	}()
	context.AfterFunc(ctx, func() { c.Close() })
}

// messages is a stream that its reader closes.
type messages struct {
	next  func() (string, error)
	close func() error
}

// Close closes it.
func (m *messages) Close() error { return m.close() }

// AllLeaks asks to be closed with the context, which may go on when all are read.
func (m *messages) AllLeaks(ctx context.Context) func(yield func(string) bool) {
	context.AfterFunc(ctx, func() { m.Close() }) // want `\[discarded\]`
	return func(yield func(string) bool) {
		defer m.Close()
		for {
			s, err := m.next()
			if err != nil || !yield(s) {
				return
			}
		}
	}
}

// AllClean takes that back.
func (m *messages) AllClean(ctx context.Context) func(yield func(string) bool) {
	stop := context.AfterFunc(ctx, func() { m.Close() })
	return func(yield func(string) bool) {
		defer func() {
			stop()
			m.Close()
		}()
		for {
			s, err := m.next()
			if err != nil || !yield(s) {
				return
			}
		}
	}
}
