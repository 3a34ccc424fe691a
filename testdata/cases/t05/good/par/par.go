// Package par runs functions in parallel and collects their results.
package par

import (
	"context"
	"errors"
	"sync"
)

// Results collects the results of functions.
type Results[T any] struct {
	cancel context.CancelCauseFunc
	sem    chan struct{}
	wg     sync.WaitGroup
	mu     sync.Mutex
	vals   []T
	err    error
}

// ErrAborted is the cause of an aborted collection.
var ErrAborted = errors.New("par: aborted")

// New returns an empty collection that runs at most n functions at a time.
// Wait or Abort must follow.
func New[T any](ctx context.Context, n int) (*Results[T], context.Context) {
	ctx, cancel := context.WithCancelCause(ctx)
	return &Results[T]{cancel: cancel, sem: make(chan struct{}, n)}, ctx
}

// Go runs f.
func (r *Results[T]) Go(f func() (T, error)) {
	r.sem <- struct{}{}
	r.wg.Go(func() {
		defer func() { <-r.sem }()
		v, err := f()
		r.mu.Lock()
		defer r.mu.Unlock()
		switch {
		case err == nil:
			r.vals = append(r.vals, v)
		case r.err == nil:
			r.err = err
			r.cancel(err)
		}
	})
}

// Wait returns the results, or the first error.
func (r *Results[T]) Wait() ([]T, error) {
	defer r.cancel(nil)
	r.wg.Wait()
	if r.err != nil {
		return nil, r.err
	}
	return r.vals, nil
}

// Abort ends the functions and waits for them.
func (r *Results[T]) Abort() {
	r.cancel(ErrAborted)
	r.wg.Wait()
}
