// Package lifecycle ends what was started, in reverse.
package lifecycle

import (
	"errors"
	"io"
	"sync"
)

// Stack holds what must be ended.
type Stack struct {
	mu   sync.Mutex
	ends []func() error
}

// Push adds a function.
func (s *Stack) Push(end func()) {
	s.PushErr(func() error {
		end()
		return nil
	})
}

// PushErr adds a function that may fail.
func (s *Stack) PushErr(end func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends = append(s.ends, end)
}

// PushCloser adds a closer.
func (s *Stack) PushCloser(c io.Closer) { s.PushErr(c.Close) }

// Drain calls all functions, the last first.
func (s *Stack) Drain() error {
	s.mu.Lock()
	ends := s.ends
	s.ends = nil
	s.mu.Unlock()
	var errs []error
	for i := len(ends) - 1; i >= 0; i-- {
		errs = append(errs, ends[i]())
	}
	return errors.Join(errs...)
}
