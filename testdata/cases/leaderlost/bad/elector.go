// Package elect runs work on one of many processes at a time.
package elect

import (
	"context"
	"errors"
	"fmt"
	"log"
	"sync"
	"time"
)

// Lock is shared by the candidates.
type Lock interface {
	TryAcquire(ctx context.Context, id string) (bool, error)
	Renew(ctx context.Context, id string) error
	Release(ctx context.Context, id string) error
}

// Elector campaigns for one process.
type Elector struct {
	ID     string
	Lock   Lock
	Period time.Duration
	Lead   func(ctx context.Context) // until ctx is done
}

// Run campaigns and leads, in turns, until ctx is done.
func (e *Elector) Run(ctx context.Context) error {
	for {
		if err := e.campaign(ctx); err != nil {
			return err
		}
		if err := e.term(ctx); err != nil {
			log.Printf("elect: %s: %v", e.ID, err)
		}
	}
}

func (e *Elector) campaign(ctx context.Context) error {
	tick := time.NewTicker(e.Period)
	defer tick.Stop()
	for {
		if ok, err := e.Lock.TryAcquire(ctx, e.ID); ok && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// term leads until the lock is lost.
func (e *Elector) term(ctx context.Context) error {
	lead, resign := context.WithCancelCause(ctx) // LEAK
	var wg sync.WaitGroup
	wg.Go(func() { e.Lead(lead) })
	lost := e.hold(lead)
	if err := e.Lock.Release(context.WithoutCancel(ctx), e.ID); err != nil {
		return errors.Join(lost, fmt.Errorf("release: %w", err))
	}
	resign(lost)
	wg.Wait()
	return lost
}

func (e *Elector) hold(ctx context.Context) error {
	tick := time.NewTicker(e.Period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			if err := e.Lock.Renew(ctx, e.ID); err != nil {
				return fmt.Errorf("renew: %w", err)
			}
		}
	}
}
