package lostpath

// "Ended around it": the function around a literal ends the parent of what that makes.

import "context"

func aroundClean(ctx context.Context, follow func(context.Context) error, enough <-chan bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		inner, stop := context.WithCancel(ctx)
		if err := follow(inner); err != nil {
			done <- err
			return
		}
		stop()
		done <- nil
	}()
	select {
	case err := <-done:
		return err
	case <-enough:
		return nil
	}
}

// aroundLoopLeaks makes one in each turn.
func aroundLoopLeaks(ctx context.Context, follow func(context.Context) error, turns <-chan bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range turns {
		func() {
			inner, stop := context.WithCancel(ctx) // want `^cancel function of context.WithCancel is not called on every path`
			if err := follow(inner); err != nil {
				return
			}
			stop()
		}()
	}
}

// aroundOthersLeaks makes one of its caller's.
func aroundOthersLeaks(ctx context.Context, follow func(context.Context) error) {
	done := make(chan error, 1)
	go func() {
		inner, stop := context.WithCancel(ctx) // want `^cancel function of context.WithCancel is not called on every path`
		if err := follow(inner); err != nil {
			done <- err
			return
		}
		stop()
		done <- nil
	}()
	<-done
}
