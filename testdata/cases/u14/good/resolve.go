// Package resolve asks name servers.
package resolve

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Ask asks one server.
type Ask func(ctx context.Context, server, name string) (netip.Addr, error)

// Resolver asks two servers at once, or one after the other.
type Resolver struct {
	Servers [2]string
	Timeout time.Duration
	Ask     Ask
	Ready   func(server string) bool
}

type answer struct {
	server string
	addr   netip.Addr
	err    error
}

// Race returns the first good answer.
func (r *Resolver) Race(parent context.Context, name string) (netip.Addr, error) {
	answers := make(chan answer, len(r.Servers))
	for n, server := range r.Servers {
		ctx, cancel := context.WithTimeout(parent, r.Timeout+time.Duration(n)*time.Second)
		defer cancel()
		go func() {
			addr, err := r.Ask(ctx, server, name)
			answers <- answer{server, addr, err}
		}()
	}
	var errs []error
	for range r.Servers {
		a := <-answers
		if a.err == nil {
			return a.addr, nil
		}
		errs = append(errs, fmt.Errorf("%s: %w", a.server, a.err))
	}
	return netip.Addr{}, errors.Join(errs...)
}

// Wait waits until a server is ready and asks that one.
func (r *Resolver) Wait(ctx context.Context, name string) (netip.Addr, error) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for n := 0; ; n++ {
		server := r.Servers[n%len(r.Servers)]
		if r.Ready(server) {
			ctx, cancel := context.WithTimeout(ctx, r.Timeout)
			defer cancel()
			return r.Ask(ctx, server, name)
		}
		select {
		case <-ctx.Done():
			return netip.Addr{}, ctx.Err()
		case <-t.C:
		}
	}
}
