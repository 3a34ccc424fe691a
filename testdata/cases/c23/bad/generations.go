// Package generations runs a server whose configuration can be reloaded.
package generations

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/signal"
	"syscall"
)

// ErrStale is returned by a server that has seen a newer configuration.
var ErrStale = errors.New("stale configuration")

// Server runs one generation.
type Server interface {
	Serve(ctx context.Context) error
}

// Supervisor runs one generation after the other.
type Supervisor struct {
	Load func(ctx context.Context) (Server, error)
	Log  *slog.Logger

	generation int
}

// Run loads and serves until parent is done or something fails.
func (s *Supervisor) Run(parent context.Context) error {
	for parent.Err() == nil {
		s.generation++
		err := s.serve(parent)
		switch {
		case err == nil:
			s.Log.Info("reloading", "generation", s.generation)
		case errors.Is(err, ErrStale):
			s.Log.Info("configuration has changed", "generation", s.generation)
		default:
			return fmt.Errorf("generation %d: %w", s.generation, err)
		}
	}
	return parent.Err()
}

func (s *Supervisor) serve(parent context.Context) error {
	ctx, _ := signal.NotifyContext(parent, syscall.SIGHUP) // LEAK
	srv, err := s.Load(ctx)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	err = srv.Serve(ctx)
	if ctx.Err() != nil && parent.Err() == nil {
		return nil
	}
	return err
}
