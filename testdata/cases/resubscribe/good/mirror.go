// Package mirror keeps a copy of a set in step with its events.
package mirror

import (
	"context"
	"errors"
	"fmt"

	"cases/resubscribe/good/bus"
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
		if err := m.follow(ctx); !errors.Is(err, bus.ErrLagged) {
			return err
		}
	}
}

// follow reloads the copy and applies what comes after, until it falls behind.
func (m *Mirror) follow(ctx context.Context) error {
	sub := m.Bus.Subscribe(ctx, m.Backlog)
	defer sub.Close()
	if err := m.Copy.Reload(ctx); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
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
