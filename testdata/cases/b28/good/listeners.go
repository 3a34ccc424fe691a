// Package listeners runs a bounded number of listeners.
package listeners

import (
	"context"
	"errors"
	"sync"
)

// Errors of a set.
var (
	ErrFull   = errors.New("listeners: too many")
	ErrClosed = errors.New("listeners: closed")
)

// Listen serves an address until ctx is done.
type Listen func(ctx context.Context, addr string) error

// Set is a set of listeners.
type Set struct {
	listen  Listen
	cancels chan context.CancelFunc

	mu     sync.Mutex
	closed bool
	failed map[string]error
}

// NewSet returns a set of at most max listeners.
func NewSet(max int, listen Listen) *Set {
	return &Set{
		listen:  listen,
		cancels: make(chan context.CancelFunc, max),
		failed:  make(map[string]error),
	}
}

// Add adds a listener that serves until the set is closed.
func (s *Set) Add(ctx context.Context, addr string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	ctx, cancel := context.WithCancel(ctx)
	select {
	case s.cancels <- cancel:
	default:
		cancel()
		return ErrFull
	}
	go func() {
		if err := s.listen(ctx, addr); err != nil {
			s.fail(addr, err)
		}
	}()
	return nil
}

func (s *Set) fail(addr string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed[addr] = err
}

// Failed returns the error of the listener on addr.
func (s *Set) Failed(addr string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed[addr]
}

// Close closes the set.
func (s *Set) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.closed = true
	close(s.cancels)
	for cancel := range s.cancels {
		cancel()
	}
}
