// Package mirror keeps a copy of a set in step with its events.
package mirror

import (
	"context"
	"errors"
	"fmt"

	"cases/resubscribe/bad/bus"
)

// Copy is the local copy.
type Copy interface {
	// Reload fetches everything.
	Reload(ctx context.Context) error
	Apply(ctx context.Context, event string) error
}

// Mirror applies events to a copy.
type Mirror struct {
	Bus     *bus.Bus
	Copy    Copy
	Backlog int
}

// Run keeps the copy in step until ctx is done or the copy fails.
func (m *Mirror) Run(ctx context.Context) error {
	for {
		sub := m.Bus.Subscribe(ctx, m.Backlog) // LEAK
		defer sub.Close()                      // LEAK
		if err := m.Copy.Reload(ctx); err != nil {
			return fmt.Errorf("reload: %w", err)
		}
		if err := m.follow(ctx, sub); !errors.Is(err, bus.ErrLagged) {
			return err
		}
	}
}

func (m *Mirror) follow(ctx context.Context, sub *bus.Subscription) error {
	for {
		event, err := sub.Next()
		if err != nil {
			return err
		}
		if err := m.Copy.Apply(ctx, event); err != nil {
			return fmt.Errorf("apply: %w", err)
		}
	}
}
