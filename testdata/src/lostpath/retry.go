package lostpath

// Silent on "`goto retry` under a deferred closure", and what looks like it.

import (
	"context"
	"errors"
	"time"
)

var errTemporary = errors.New("temporary")

// RetryLeaks cancels each attempt that it repeats, and the last one only if it
// was good.
func RetryLeaks(parent context.Context, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc
	)
retry:
	ctx, cancel = context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
	err := do(ctx)
	if errors.Is(err, errTemporary) {
		cancel()
		goto retry
	}
	if err != nil {
		return err
	}
	cancel()
	return nil
}

func RetryClean(parent context.Context, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc
	)
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
retry:
	ctx, cancel = context.WithTimeout(parent, time.Minute)
	err := do(ctx)
	if errors.Is(err, errTemporary) {
		cancel()
		goto retry
	}
	if err != nil {
		return err
	}
	cancel()
	return nil
}

// RetryOnceClean goes back at most once; the closure sees the last function,
// and the one before it has been called.
func RetryOnceClean(parent context.Context, do func(context.Context) error) (err error) {
	cancel := func() {}
	defer func() { cancel() }()
	var (
		again bool
		ctx   context.Context
	)
retry:
	ctx, cancel = context.WithTimeout(parent, time.Minute)
	if err = do(ctx); err != nil && !again {
		again = true
		cancel()
		goto retry
	}
	return err
}

// AttemptsLeaks returns its result past the cancel of the turn.
func AttemptsLeaks(parent context.Context, n int, do func(context.Context) error) (err error) {
	for range n {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
		if err = do(ctx); err == nil {
			return nil
		}
		cancel()
	}
	return err
}

func AttemptsClean(parent context.Context, n int, do func(context.Context) error) (err error) {
	for range n {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		if err = do(ctx); err == nil {
			cancel()
			return nil
		}
		cancel()
	}
	return err
}

// LastAttemptLeaks leaves the outer loop from the inner one.
func LastAttemptLeaks(parent context.Context, hosts []string, n int, do func(context.Context, string) error) (err error) {
hosts:
	for _, host := range hosts {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
		for range n {
			if err = do(ctx, host); err == nil {
				break hosts
			}
		}
		cancel()
	}
	return err
}

func LastAttemptClean(parent context.Context, hosts []string, n int, do func(context.Context, string) error) (err error) {
hosts:
	for _, host := range hosts {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		for range n {
			if err = do(ctx, host); err == nil {
				cancel()
				break hosts
			}
		}
		cancel()
	}
	return err
}
