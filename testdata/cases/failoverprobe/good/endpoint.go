// Package failover chooses the first of several hosts that answers.
package failover

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Endpoint is a chosen host, which is still being checked.
type Endpoint struct {
	*probe
	tried int
}

// Host returns the host, and how many were tried.
func (e *Endpoint) Host() (host string, tried int) { return e.host, e.tried }

// Alive reports whether the host answers within d.
func (e *Endpoint) Alive(d time.Duration) bool { return e.await(d) == nil }

// Close ends the checks.
func (e *Endpoint) Close() { e.stop() }

// Choose returns the first of the hosts that answers within patience. Its
// Close must be called.
func Choose(ctx context.Context, hosts []string, patience time.Duration, check Check) (*Endpoint, error) {
	var errs []error
	for i, host := range hosts {
		p := newProbe(ctx, host, patience/4, check)
		if err := p.await(patience); err != nil {
			p.stop()
			errs = append(errs, fmt.Errorf("%s %w", host, err))
			continue
		}
		return &Endpoint{probe: p, tried: i + 1}, nil
	}
	return nil, errors.Join(errs...)
}
