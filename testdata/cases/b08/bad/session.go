// Package session holds a lease in a coordination service.
package session

import (
	"context"
	"time"
)

// Client grants leases and keeps them alive.
type Client interface {
	Grant(ctx context.Context, ttl time.Duration) (id int64, err error)
	// KeepAlive returns a channel that is closed when the lease is lost. The
	// keep-alive ends with ctx.
	KeepAlive(ctx context.Context, id int64) (<-chan struct{}, error)
}

// Session is a lease that is taken again whenever it is lost.
type Session struct {
	client Client
	ttl    time.Duration
	onHeld func(id int64)
}

// New returns a session.
func New(client Client, ttl time.Duration, onHeld func(id int64)) *Session {
	return &Session{client: client, ttl: ttl, onHeld: onHeld}
}

// Hold holds a lease until ctx is done.
func (s *Session) Hold(ctx context.Context) error {
	var (
		leaseCtx context.Context
		cancel   context.CancelFunc
	)
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	for {
		leaseCtx, cancel = context.WithCancel(ctx) // LEAK
		lost, err := s.acquire(leaseCtx)
		if err != nil {
			if !sleep(ctx, s.ttl/4) {
				return ctx.Err()
			}
			continue
		}
		select {
		case <-lost:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (s *Session) acquire(ctx context.Context) (<-chan struct{}, error) {
	id, err := s.client.Grant(ctx, s.ttl)
	if err != nil {
		return nil, err
	}
	lost, err := s.client.KeepAlive(ctx, id)
	if err != nil {
		return nil, err
	}
	s.onHeld(id)
	return lost, nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
