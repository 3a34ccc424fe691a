// Package watch ties things to contexts that live longer.
package watch

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

// Conn is closed with its context.
type Conn struct {
	net.Conn
	unwatch func() bool
}

// Tie returns c such that it is closed when ctx is done.
func Tie(ctx context.Context, c net.Conn) *Conn {
	return &Conn{Conn: c, unwatch: context.AfterFunc(ctx, func() { c.Close() })}
}

// Close closes the connection.
func (c *Conn) Close() error {
	if !c.unwatch() {
		return net.ErrClosed // the context was done
	}
	return c.Conn.Close()
}

// Merge returns a context that ends with either of two.
func Merge(a, b context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(a)
	stop := context.AfterFunc(b, func() { cancel(context.Cause(b)) })
	return ctx, func() {
		stop()
		cancel(context.Canceled)
	}
}

// Read reads from c, which ctx interrupts.
func Read(ctx context.Context, c net.Conn, p []byte) (int, error) {
	interrupted := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.SetReadDeadline(time.Now())
		close(interrupted)
	})
	n, err := c.Read(p)
	if !stop() {
		<-interrupted
		c.SetReadDeadline(time.Time{})
		return n, ctx.Err()
	}
	return n, err
}

// Waiters are woken by their contexts.
type Waiters struct {
	mu    sync.Mutex
	cond  *sync.Cond
	stops map[string]func() bool
}

// NewWaiters returns an empty set.
func NewWaiters() *Waiters {
	w := &Waiters{stops: make(map[string]func() bool)}
	w.cond = sync.NewCond(&w.mu)
	return w
}

// Add adds a waiter in place of one with the same name.
func (w *Waiters) Add(ctx context.Context, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stop, ok := w.stops[name]; ok {
		stop()
	}
	w.stops[name] = context.AfterFunc(ctx, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.cond.Broadcast()
	})
}

// Remove removes a waiter.
func (w *Waiters) Remove(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if stop, ok := w.stops[name]; ok {
		delete(w.stops, name)
		stop()
	}
}

// Wait waits for f under ctx.
func (w *Waiters) Wait(ctx context.Context, name string, f func() bool) error {
	w.Add(ctx, name)
	defer w.Remove(name)
	w.mu.Lock()
	defer w.mu.Unlock()
	for !f() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		w.cond.Wait()
	}
	return nil
}

// Copy copies from a connection until either context is done.
func Copy(server, request context.Context, dst io.Writer, c net.Conn) (int64, error) {
	ctx, release := Merge(request, server)
	defer release()
	tied := Tie(ctx, c)
	defer tied.Close()
	return io.Copy(dst, tied)
}
