package overwritten

// "Through a setter called in a loop": the store is in one function, the
// creation in another, the loop in a third.

import (
	"context"
	"sync"
	"time"
)

type request struct {
	mu        sync.Mutex
	statement string
	since     time.Time
	cancel    context.CancelFunc
}

func (r *request) setLeaks(statement string, cancel context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statement, r.since = statement, time.Now()
	r.cancel = cancel // want `\[overwritten\]`
}

func (r *request) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

type conn struct {
	request
	exec func(context.Context, string) error
}

func (c *conn) handle(parent context.Context, statement string) error {
	ctx, cancel := context.WithCancel(parent)
	c.setLeaks(statement, cancel)
	return c.exec(ctx, statement)
}

// Serve handles statements until the client hangs up.
func (c *conn) Serve(parent context.Context, statements <-chan string) (failed int) {
	defer c.kill()
	for st := range statements {
		if err := c.handle(parent, st); err != nil {
			failed++
		}
	}
	return failed
}

// politeRequest calls the old function when it gets a new one.
type politeRequest struct {
	mu        sync.Mutex
	statement string
	since     time.Time
	cancel    context.CancelFunc
}

func (r *politeRequest) setClean(statement string, cancel context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.statement, r.since = statement, time.Now()
	if r.cancel != nil {
		r.cancel()
	}
	r.cancel = cancel
}

func (r *politeRequest) kill() { r.setClean("", nil) }

type politeConn struct {
	politeRequest
	exec func(context.Context, string) error
}

func (c *politeConn) handle(parent context.Context, statement string) error {
	ctx, cancel := context.WithCancel(parent)
	c.setClean(statement, cancel)
	return c.exec(ctx, statement)
}

// Serve handles statements until the client hangs up.
func (c *politeConn) Serve(parent context.Context, statements <-chan string) (failed int) {
	defer c.kill()
	for st := range statements {
		if err := c.handle(parent, st); err != nil {
			failed++
		}
	}
	return failed
}

// releasedRequest is told of functions that are called elsewhere.
type releasedRequest struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

func (r *releasedRequest) setClean(cancel context.CancelFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel = cancel
}

func (r *releasedRequest) kill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cancel != nil {
		r.cancel()
	}
}

type releasedConn struct {
	releasedRequest
	exec func(context.Context, string) error
}

func (c *releasedConn) handleClean(parent context.Context, statement string) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	c.setClean(cancel)
	defer c.setClean(nil)
	return c.exec(ctx, statement)
}

// Serve handles statements until the client hangs up, or quit kills the last.
func (c *releasedConn) Serve(parent context.Context, statements <-chan string, quit <-chan struct{}) (failed int) {
	go func() {
		<-quit
		c.kill()
	}()
	for st := range statements {
		if err := c.handleClean(parent, st); err != nil {
			failed++
		}
	}
	return failed
}
