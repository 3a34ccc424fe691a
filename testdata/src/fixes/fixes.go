// Package fixes has a leak for each kind of suggested fix; the golden file
// has what the fixes make of them, which must compile and be silent.
package fixes

import (
	"context"
	"os"
	"os/signal"
	"time"
)

func discarded(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	return do(ctx)
}

func discardedCause(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancelCause(parent) // want `\[discarded\]`
	return do(ctx)
}

func discardedStop(parent context.Context, do func(context.Context) error) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt) // want `\[discarded\]`
	return do(ctx)
}

func earlyReturn(parent context.Context, prepare func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := prepare(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

type runner struct {
	cancel  context.CancelFunc
	cancels map[string]context.CancelFunc
}

func (r *runner) loop(parent context.Context, in <-chan string, run func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, r.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go run(ctx, s)
	}
	r.cancel()
}

func (r *runner) Add(parent context.Context, name string, run func(context.Context)) {
	if _, ok := r.cancels[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	r.cancels[name] = cancel
	go run(ctx)
}

func (r *runner) Forget(name string) {
	delete(r.cancels, name) // want `\[dropped\]`
}

func (r *runner) Stop(name string) {
	if cancel := r.cancels[name]; cancel != nil {
		cancel()
	}
}

// No fix is offered below: the context is needed beyond the call, or by a
// goroutine.

func returned(parent context.Context) context.Context {
	ctx, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	return ctx
}

func spawned(parent context.Context, work func(context.Context)) {
	ctx, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	go work(ctx)
}
