// A release that is deferred in a loop runs at the end of the turn instead.
package fixes

import (
	"context"
	"errors"
)

var errEmpty = errors.New("empty")

func restLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) (failed int) {
	for s := range in {
		if s == "" {
			continue // before there is a context
		}
		ctx, cancel := context.WithCancel(parent)
		defer cancel() // too late

		err := do(ctx, s+`
raw`)
		if errors.Is(err, errEmpty) {
			continue
		}
		for range 3 {
			if err == nil {
				continue
			}
			failed++
		}
	}
	return failed
}

func straightLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		_ = do(ctx, s)
	}
}

// No fix below.

// foundLeaks leaves the loop, and the function, from where the fix would be.
func foundLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) error {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func brokenOffLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if do(ctx, s) != nil {
			break
		}
	}
}

// goneOnLeaks has a goroutine go on with the context.
func goneOnLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		go do(ctx, s)
	}
}
