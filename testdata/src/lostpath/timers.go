package lostpath

// A release that is left to a timer is lost where the timer is stopped.

import (
	"context"
	"time"
)

func TimerLeaks(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root) // want `\[lostpath\]`
	t := time.AfterFunc(d, cancel)
	err := f(ctx)
	t.Stop()
	return err
}

func TimerDeferLeaks(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root) // want `\[lostpath\]`
	t := time.AfterFunc(d, func() { cancel() })
	defer t.Stop()
	return f(ctx)
}

func TimerClean(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root)
	t := time.AfterFunc(d, cancel)
	err := f(ctx)
	if t.Stop() {
		cancel()
	}
	return err
}

func TimerNegClean(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root)
	t := time.AfterFunc(d, cancel)
	err := f(ctx)
	if !t.Stop() {
		return err
	}
	cancel()
	return nil
}

func TimerDeferClean(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root)
	defer cancel()
	t := time.AfterFunc(d, cancel)
	defer t.Stop()
	return f(ctx)
}

func TimerPathClean(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root)
	t := time.AfterFunc(d, cancel)
	if err := f(ctx); err != nil {
		return err // the timer ends it
	}
	t.Stop()
	cancel()
	return nil
}

func TimerLoopClean(root context.Context, d time.Duration, msgs <-chan int) {
	ctx, cancel := context.WithCancel(root)
	idle := time.AfterFunc(d, cancel)
	defer idle.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-msgs:
			idle.Reset(d)
		}
	}
}

// TimerAgainClean stops the timer only to set it anew.
func TimerAgainClean(root context.Context, d time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(root)
	t := time.AfterFunc(d, cancel)
	if err := f(ctx); err != nil {
		t.Stop()
		t.Reset(d / 2)
		return err
	}
	t.Stop()
	cancel()
	return nil
}
