// Package engine evaluates queries.
package engine

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Query is a query with its own limit; zero means none.
type Query struct {
	Expr    string
	Timeout time.Duration
}

// Gate admits a number of queries at a time.
type Gate chan struct{}

func (g Gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g Gate) leave() { <-g }

// Eval evaluates an expression.
type Eval func(ctx context.Context, expr string) (float64, error)

// Engine evaluates queries within limits.
type Engine struct {
	gate Gate
	eval Eval
}

// New returns an engine that evaluates n queries at a time.
func New(n int, eval Eval) *Engine { return &Engine{gate: make(Gate, n), eval: eval} }

// Query evaluates q.
func (e *Engine) Query(ctx context.Context, q Query) (float64, error) {
	if q.Expr == "" {
		return 0, errors.New("empty query")
	}
	queue, cancel := ctx, func() {}
	if q.Timeout > 0 {
		queue, cancel = context.WithTimeout(ctx, q.Timeout)
		if err := e.gate.enter(queue); err != nil {
			cancel()
			return 0, fmt.Errorf("query %q: in queue: %w", q.Expr, err)
		}
	} else if err := e.gate.enter(queue); err != nil {
		return 0, err
	}
	defer cancel()
	defer e.gate.leave()
	v, err := e.eval(queue, q.Expr)
	if err != nil {
		return 0, fmt.Errorf("query %q: %w", q.Expr, err)
	}
	return v, nil
}

// Watch evaluates q on each tick until ctx is done.
func (e *Engine) Watch(ctx context.Context, q Query, tick <-chan time.Time, report func(float64, error)) {
	for {
		select {
		case <-tick:
			report(e.Query(ctx, q))
		case <-ctx.Done():
			return
		}
	}
}
