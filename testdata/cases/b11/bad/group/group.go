// Package group runs functions until the first fails.
package group

import (
	"context"
	"sync"
)

// Group is a set of goroutines with one context.
type Group struct {
	wg     sync.WaitGroup
	once   sync.Once
	err    error
	cancel context.CancelFunc
}

// New returns a group and the context of its goroutines. Wait must follow.
func New(parent context.Context) (*Group, context.Context) {
	ctx, cancel := context.WithCancel(parent) // LEAK
	return &Group{cancel: cancel}, ctx        // LEAK
}

// Go runs f in the group.
func (g *Group) Go(f func() error) {
	g.wg.Add(1)
	go func() {
		defer g.wg.Done()
		if err := f(); err != nil {
			g.once.Do(func() {
				g.err = err
				g.cancel()
			})
		}
	}()
}

// Wait waits for all goroutines and returns the first error.
func (g *Group) Wait() error {
	g.wg.Wait()
	return g.err
}
