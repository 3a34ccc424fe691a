// Package debounce delays calls until their cause has been quiet for a while.
package debounce

import (
	"context"
	"sync"
	"time"
)

// Task is what is delayed.
type Task[T any] func(ctx context.Context, v T)

// Latest returns a function that runs task with the latest value once no
// other came in for quiet, and a function that ends it all.
func Latest[T any](parent context.Context, quiet time.Duration, task Task[T]) (trigger func(T), stop func()) {
	var (
		mu     sync.Mutex
		timer  *time.Timer
		cancel context.CancelFunc
	)
	trigger = func(v T) {
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent) // LEAK
		timer = time.AfterFunc(quiet, func() {
			if ctx.Err() == nil {
				task(ctx, v)
			}
		})
	}
	stop = func() {
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		if cancel != nil {
			cancel()
		}
	}
	return trigger, stop
}
