// Package service wires the background parts of a server.
package service

import (
	"context"
	"sync"
	"time"

	"cases/u04/good/lifecycle"
)

type janitor struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

func startJanitor(ctx context.Context, every time.Duration, clean func(context.Context)) *janitor {
	ctx, cancel := context.WithCancel(ctx)
	j := &janitor{cancel: cancel}
	j.wg.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				clean(ctx)
			}
		}
	})
	return j
}

// Close ends the janitor.
func (j *janitor) Close() error {
	j.cancel()
	j.wg.Wait()
	return nil
}

// Config names what to clean.
type Config struct {
	Every time.Duration
	Clean map[string]func(context.Context)
}

// Server is a set of background parts.
type Server struct {
	group lifecycle.Group
}

// Start starts the parts.
func (s *Server) Start(ctx context.Context, cfg Config) {
	for name, clean := range cfg.Clean {
		j := startJanitor(ctx, cfg.Every, clean)
		s.group.Add(name, j)
	}
}

// Stop ends the parts.
func (s *Server) Stop() error { return s.group.Shutdown() }

// Serve starts the parts and runs f with them.
func Serve(ctx context.Context, cfg Config, f func(context.Context) error) (err error) {
	var s Server
	s.Start(ctx, cfg)
	defer func() {
		if cerr := s.Stop(); err == nil {
			err = cerr
		}
	}()
	return f(ctx)
}
