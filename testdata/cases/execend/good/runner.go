// Package runner runs a limited number of plans at once.
package runner

import (
	"context"
	"errors"
	"sync"

	"cases/execend/good/engine"
)

// ErrBusy is returned when too many plans are running.
var ErrBusy = errors.New("too many plans are running")

// Runner runs plans.
type Runner struct {
	mu      sync.Mutex
	max     int
	running map[*engine.Execution]struct{}
}

// New returns a runner of up to max plans.
func New(max int) *Runner {
	return &Runner{max: max, running: make(map[*engine.Execution]struct{})}
}

// Run runs a plan.
func (r *Runner) Run(ctx context.Context, steps ...engine.Step) error {
	e := engine.New(ctx, steps...)
	if !r.admit(e) {
		return ErrBusy
	}
	defer r.forget(e)
	return e.Execute()
}

func (r *Runner) admit(e *engine.Execution) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.running) >= r.max {
		e.Abort()
		return false
	}
	r.running[e] = struct{}{}
	return true
}

func (r *Runner) forget(e *engine.Execution) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, e)
}

// Abort aborts all plans that are running.
func (r *Runner) Abort() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for e := range r.running {
		e.Abort()
	}
}
