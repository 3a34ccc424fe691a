// Package daemon runs a service and starts it again on SIGHUP.
package daemon

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"
)

// Config is what one run of the service works with.
type Config map[string]string

// Service is what the daemon runs.
type Service interface {
	// Serve runs until ctx is done or the service fails.
	Serve(ctx context.Context, conf Config) error
}

// Daemon runs a service.
type Daemon struct {
	load    func() (Config, error)
	service Service
	reloads int
}

// New returns a daemon that loads the configuration before each run.
func New(load func() (Config, error), service Service) *Daemon {
	return &Daemon{load: load, service: service}
}

// Reloads returns how often the service was started again.
func (d *Daemon) Reloads() int { return d.reloads }

// Run serves until ctx is done or the service fails.
func (d *Daemon) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		conf, err := d.load()
		if err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
		gen, _ := signal.NotifyContext(ctx, syscall.SIGHUP) // LEAK
		err = d.service.Serve(gen, conf)
		if gen.Err() == nil {
			return fmt.Errorf("service: %w", err)
		}
		d.reloads++
	}
	return nil
}
