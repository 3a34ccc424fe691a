// Package engine executes plans.
package engine

import (
	"context"
	"fmt"
)

// Step is one step of a plan.
type Step struct {
	Name string
	Do   func(ctx context.Context) error
}

// Execution is a plan about to be executed. Execute or Abort must be called.
type Execution struct {
	ctx   context.Context
	abort context.CancelFunc
	steps []Step
}

// New prepares an execution.
func New(ctx context.Context, steps ...Step) *Execution {
	e := &Execution{steps: steps}
	e.ctx, e.abort = context.WithCancel(ctx)
	return e
}

// Abort ends the execution early, or keeps it from beginning.
func (e *Execution) Abort() { e.abort() }

// Execute executes the plan.
func (e *Execution) Execute() error {
	defer e.abort()
	for _, s := range e.steps {
		if err := e.ctx.Err(); err != nil {
			return fmt.Errorf("before %s: %w", s.Name, err)
		}
		if err := s.Do(e.ctx); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}
