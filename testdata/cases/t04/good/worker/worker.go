// Package worker runs a function until it is stopped.
package worker

import (
	"context"
	"log/slog"
	"time"
)

// Config configures a worker.
type Config struct {
	Name   string
	OnStop func()
}

type options struct {
	Config
	ctx   context.Context
	grace time.Duration
	log   *slog.Logger
}

// Option is an option of a worker.
type Option func(*options)

// WithContext makes the worker run under ctx and call cancel to stop.
func WithContext(ctx context.Context, cancel context.CancelFunc) Option {
	return func(o *options) {
		o.ctx = ctx
		o.OnStop = cancel
	}
}

// WithGrace sets how long Stop waits.
func WithGrace(d time.Duration) Option { return func(o *options) { o.grace = d } }

// Worker is a running function.
type Worker struct {
	opts options
	done chan struct{}
}

// New starts run.
func New(cfg Config, run func(context.Context) error, opts ...Option) *Worker {
	w := &Worker{done: make(chan struct{})}
	w.opts = options{Config: cfg, ctx: context.Background(), grace: time.Second, log: slog.Default()}
	for _, o := range opts {
		o(&w.opts)
	}
	go func() {
		defer close(w.done)
		if err := run(w.opts.ctx); err != nil {
			w.opts.log.Error("worker failed", "name", w.opts.Name, "err", err)
		}
	}()
	return w
}

// Stop stops the worker; it reports whether it ended in time.
func (w *Worker) Stop() bool {
	if w.opts.OnStop != nil {
		w.opts.OnStop()
	}
	select {
	case <-w.done:
		return true
	case <-time.After(w.opts.grace):
		return false
	}
}
