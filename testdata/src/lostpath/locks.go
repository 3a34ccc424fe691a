package lostpath

// A condition that is asked twice may have two answers where a lock was taken in
// between.

import (
	"context"
	"sync"
)

type starter struct {
	root    context.Context
	mu      sync.Mutex
	closed  bool
	quiet   bool // never changes
	cancel  context.CancelFunc
	prepare func(context.Context)
}

func newStarter(root context.Context, quiet bool) *starter { return &starter{root: root, quiet: quiet} }

func (s *starter) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// StartLeaks finds that another was faster, and forgets its own.
func (s *starter) StartLeaks() {
	s.mu.Lock()
	running := s.cancel != nil
	s.mu.Unlock()
	if running {
		return
	}
	ctx, cancel := context.WithCancel(s.root) // want `\[lostpath\]`
	s.prepare(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		return
	}
	s.cancel = cancel
}

func (s *starter) StartClean() {
	s.mu.Lock()
	running := s.cancel != nil
	s.mu.Unlock()
	if running {
		return
	}
	ctx, cancel := context.WithCancel(s.root)
	s.prepare(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		cancel()
		return
	}
	s.cancel = cancel
}

func (s *starter) DialLeaks() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return
	}
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(s.root) // want `\[lostpath\]`
	s.prepare(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	cancel()
}

// QuietClean asks twice what no lock changes.
func (s *starter) QuietClean() {
	ctx, cancel := s.root, context.CancelFunc(nil)
	if s.quiet {
		ctx, cancel = context.WithCancel(ctx)
	}
	s.mu.Lock()
	s.prepare(ctx)
	s.mu.Unlock()
	if s.quiet {
		cancel()
	}
}

// HeldClean asks twice under one lock.
func (s *starter) HeldClean() {
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := s.root, context.CancelFunc(nil)
	if s.closed {
		ctx, cancel = context.WithCancel(ctx)
	}
	s.prepare(ctx)
	if s.closed {
		cancel()
	}
}
