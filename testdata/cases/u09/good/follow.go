// Package follow keeps a stream open to whoever is the leader.
package follow

import (
	"context"
	"errors"
	"fmt"
)

// Leader is a change of leadership.
type Leader struct {
	Term uint64
	Addr string
}

// Follower streams from the leader.
type Follower struct {
	Stream func(ctx context.Context, l Leader) error
	Term   uint64
}

// Run follows the leaders until there are no more or a stream fails.
func (f *Follower) Run(parent context.Context, leaders <-chan Leader) error {
	var (
		cancel context.CancelFunc
		ctx    context.Context
	)
	failed := make(chan error, 1)
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	for {
		select {
		case <-parent.Done():
			return context.Cause(parent)
		case err := <-failed:
			return err
		case l, ok := <-leaders:
			if !ok {
				return nil
			}
			if l.Term <= f.Term {
				continue
			}
			if cancel != nil {
				cancel()
			}
			ctx, cancel = context.WithCancel(parent)
			f.Term = l.Term
			go func(ctx context.Context) {
				err := f.Stream(ctx, l)
				if err == nil || errors.Is(err, context.Canceled) {
					return
				}
				select {
				case failed <- fmt.Errorf("leader %s of term %d: %w", l.Addr, l.Term, err):
				case <-ctx.Done():
				}
			}(ctx)
		}
	}
}
