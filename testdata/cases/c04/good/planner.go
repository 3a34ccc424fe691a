// Package planner applies plans, one planner per target at a time.
package planner

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cases/c04/good/lease"
)

// ErrEmpty is returned for a plan with nothing to do.
var ErrEmpty = errors.New("nothing to do")

// Plan is an ordered list of changes to a target.
type Plan struct {
	Target  string
	Changes []func(ctx context.Context) error
}

// Planner makes and applies plans.
type Planner struct {
	Store lease.Store
	TTL   time.Duration
	Make  func(ctx context.Context, target string) (*Plan, error)
}

// Apply makes the plan of target and applies it while holding its lease.
func (p *Planner) Apply(ctx context.Context, target string) error {
	l, err := lease.Acquire(ctx, p.Store, "plan/"+target, p.TTL)
	if err != nil {
		return err
	}
	plan, err := p.Make(ctx, target)
	if err != nil {
		return errors.Join(fmt.Errorf("plan for %s: %w", target, err), l.Release())
	}
	if len(plan.Changes) == 0 {
		return errors.Join(ErrEmpty, l.Release())
	}
	for n, change := range plan.Changes {
		if err := change(ctx); err != nil {
			err = fmt.Errorf("change %d of %s: %w", n, l.Key(), err)
			return errors.Join(err, l.Release())
		}
	}
	return l.Release()
}
