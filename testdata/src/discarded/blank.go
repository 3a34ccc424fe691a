package discarded

// "The cancel result is `_`": each of the six functions of package context.

import (
	"context"
	"errors"
	"time"
)

var errSlow = errors.New("too slow")

func PingLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancel(parent) // want `\[discarded\]`
	return do(ctx)
}

func PingClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return do(ctx)
}

func TimeoutLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	return do(ctx)
}

func TimeoutClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	defer cancel()
	return do(ctx)
}

func DeadlineLeaks(parent context.Context, at time.Time, do func(context.Context) error) error {
	ctx, _ := context.WithDeadline(parent, at) // want `\[discarded\]`
	return do(ctx)
}

func DeadlineClean(parent context.Context, at time.Time, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadline(parent, at)
	defer cancel()
	return do(ctx)
}

func CauseLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancelCause(parent) // want `\[discarded\]`
	return do(ctx)
}

func CauseClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(parent)
	err := do(ctx)
	cancel(err)
	return err
}

func TimeoutCauseLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithTimeoutCause(parent, time.Hour, errSlow) // want `\[discarded\]`
	return do(ctx)
}

func TimeoutCauseClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errSlow)
	defer cancel()
	return do(ctx)
}

func DeadlineCauseLeaks(parent context.Context, at time.Time, do func(context.Context) error) error {
	ctx, _ := context.WithDeadlineCause(parent, at, errSlow) // want `\[discarded\]`
	return do(ctx)
}

func DeadlineCauseClean(parent context.Context, at time.Time, do func(context.Context) error) error {
	ctx, cancel := context.WithDeadlineCause(parent, at, errSlow)
	defer cancel()
	return do(ctx)
}

// ShadowLeaks writes over the context it was given; the blank is what matters.
func ShadowLeaks(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	if limit > 0 {
		ctx, _ = context.WithTimeout(ctx, limit) // want `\[discarded\]`
	}
	return do(ctx)
}

func ShadowClean(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	return do(ctx)
}

// EachLeaks discards one function per turn.
func EachLeaks(parent context.Context, names []string, do func(context.Context, string)) {
	for _, name := range names {
		ctx, _ := context.WithCancel(parent) // want `\[discarded\]`
		do(ctx, name)
	}
}

func EachClean(parent context.Context, names []string, do func(context.Context, string)) {
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent)
		do(ctx, name)
		cancel()
	}
}

// NoParentLeaks holds a timer for an hour, though nothing is the parent.
func NoParentLeaks(do func(context.Context) error) error {
	ctx, _ := context.WithTimeout(context.Background(), time.Hour) // want `\[discarded\]`
	return do(ctx)
}

func NoParentClean(do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	return do(ctx)
}
