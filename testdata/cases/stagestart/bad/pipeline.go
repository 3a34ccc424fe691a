// Package pipeline connects stages by channels.
package pipeline

import (
	"context"
	"fmt"
)

// Stage transforms values until in is closed or ctx is done. Start returns as
// soon as the stage is running.
type Stage[T any] interface {
	Start(ctx context.Context, in <-chan T) (out <-chan T, err error)
}

// Pipeline is a running row of stages. Drain or Stop must be called.
type Pipeline[T any] struct {
	out    <-chan T
	stages int
	cancel context.CancelFunc
}

// Start starts the stages in order.
func Start[T any](ctx context.Context, in <-chan T, stages ...Stage[T]) (*Pipeline[T], error) {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	p := &Pipeline[T]{out: in, cancel: cancel}
	for _, s := range stages {
		out, err := s.Start(ctx, p.out)
		if err != nil {
			return nil, fmt.Errorf("stage %d: %w", p.stages, err)
		}
		p.out = out
		p.stages++
	}
	return p, nil
}

// Drain calls f with each value that comes out, then stops the stages.
func (p *Pipeline[T]) Drain(f func(T) error) error {
	defer p.Stop()
	for v := range p.out {
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// Stop stops all stages.
func (p *Pipeline[T]) Stop() { p.cancel() }
