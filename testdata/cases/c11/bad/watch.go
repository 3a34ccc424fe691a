// Package watch applies the revisions of a configuration.
package watch

import (
	"context"
	"fmt"
	"sync/atomic"
)

// Revision is one state of the configuration.
type Revision struct {
	Number int64
	Units  []Unit
}

// Unit is a part that runs until its context is done.
type Unit interface {
	Run(ctx context.Context) error
}

// Applier runs the units of the latest revision.
type Applier struct {
	number  atomic.Int64
	current atomic.Pointer[context.CancelFunc]
	failed  func(error)
}

// NewApplier returns an applier that tells failed about units that fail.
func NewApplier(failed func(error)) *Applier { return &Applier{failed: failed} }

// Follow applies revisions until there are no more.
func (a *Applier) Follow(ctx context.Context, revisions <-chan Revision) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case r, ok := <-revisions:
			if !ok {
				a.Stop()
				return nil
			}
			if r.Number > a.number.Load() {
				a.apply(ctx, r)
			}
		}
	}
}

func (a *Applier) apply(parent context.Context, r Revision) {
	ctx, cancel := context.WithCancel(parent) // LEAK
	a.current.Store(&cancel)                  // LEAK
	a.number.Store(r.Number)
	for n, u := range r.Units {
		go func() {
			if err := u.Run(ctx); err != nil && ctx.Err() == nil {
				a.failed(fmt.Errorf("revision %d, unit %d: %w", r.Number, n, err))
			}
		}()
	}
}

// Number is the number of the latest revision.
func (a *Applier) Number() int64 { return a.number.Load() }

// Stop ends the units of the latest revision.
func (a *Applier) Stop() {
	if cancel := a.current.Swap(nil); cancel != nil {
		(*cancel)()
	}
}
