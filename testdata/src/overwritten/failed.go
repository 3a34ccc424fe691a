package overwritten

// "A start that failed": the flag that guards the next one was not set.

import (
	"context"
	"errors"
)

type failedRunner struct {
	root    context.Context
	running bool
	cancel  context.CancelFunc
	listen  func(context.Context) error
}

func (r *failedRunner) StartLeaks() error {
	if r.running {
		return errors.New("running")
	}
	ctx, cancel := context.WithCancel(r.root)
	r.cancel = cancel // want `^cancel function of context.WithCancel is overwritten in r.cancel while still live`
	if err := r.listen(ctx); err != nil {
		return err
	}
	r.running = true
	return nil
}

func (r *failedRunner) Stop() {
	if r.running {
		r.cancel()
		r.running = false
	}
}

func RetryFailed(r *failedRunner, again <-chan bool) {
	for range again {
		if r.StartLeaks() == nil {
			break
		}
	}
	r.Stop()
}

type carefulRunner struct {
	root    context.Context
	running bool
	cancel  context.CancelFunc
	listen  func(context.Context) error
}

func (r *carefulRunner) StartClean() (err error) {
	if r.running {
		return errors.New("running")
	}
	ctx, cancel := context.WithCancel(r.root)
	r.cancel = cancel
	if err = r.listen(ctx); err != nil {
		cancel()
	} else {
		r.running = true
	}
	return err
}

func (r *carefulRunner) Stop() {
	if r.running {
		r.cancel()
		r.running = false
	}
}

func RetryCareful(r *carefulRunner, again <-chan bool) {
	for range again {
		if r.StartClean() == nil {
			break
		}
	}
	r.Stop()
}

type deferringRunner struct {
	root    context.Context
	running bool
	cancel  context.CancelFunc
	listen  func(context.Context) error
}

func (r *deferringRunner) StartClean() error {
	if r.running {
		return errors.New("running")
	}
	defer func() { r.running = true }()
	var ctx context.Context
	ctx, r.cancel = context.WithCancel(r.root)
	return r.listen(ctx)
}

func (r *deferringRunner) Stop() {
	if r.running {
		r.cancel()
		r.running = false
	}
}

func RetryDeferring(r *deferringRunner, again <-chan bool) {
	for range again {
		if r.StartClean() == nil {
			break
		}
	}
	r.Stop()
}
