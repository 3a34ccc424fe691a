package reindex

import (
	"context"
	"sync"
	"time"
)

var (
	mu      sync.Mutex
	pending context.CancelFunc // of the rebuild that was scheduled last
)

// schedule calls f after delay, unless it is unscheduled.
func schedule(ctx context.Context, delay time.Duration, f func(context.Context)) {
	mu.Lock()
	defer mu.Unlock()
	ctx, cancel := context.WithCancel(ctx) // LEAK
	pending = cancel                       // LEAK
	go func() {
		timer := time.NewTimer(delay)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
			f(ctx)
		}
	}()
}

func unschedule() {
	mu.Lock()
	defer mu.Unlock()
	if pending != nil {
		pending()
		pending = nil
	}
}
