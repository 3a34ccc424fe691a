package discarded

// "Any function whose summary says so": wrappers, here and in another package.

import (
	"context"
	"time"

	"discarded/dep"
)

func withDefault(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Hour)
}

func withAttempts(parent context.Context, n int) (context.Context, context.CancelFunc) {
	ctx, cancel := withDefault(parent)
	return context.WithValue(ctx, attemptsKey{}, n), cancel
}

type attemptsKey struct{}

func WrapperLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := withDefault(parent) // want `\[discarded\]`
	return do(ctx)
}

func WrapperClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := withDefault(parent)
	defer cancel()
	return do(ctx)
}

func TwiceWrappedLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := withAttempts(parent, 3) // want `\[discarded\]`
	return do(ctx)
}

func TwiceWrappedClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := withAttempts(parent, 3)
	defer cancel()
	return do(ctx)
}

// withLabel's function is no cancel function.
func withLabel(parent context.Context, label string) (context.Context, func()) {
	return context.WithValue(parent, attemptsKey{}, label), func() {}
}

// LabelClean discards a function that releases nothing.
func LabelClean(parent context.Context, do func(context.Context) error) error {
	ctx, _ := withLabel(parent, "call")
	return do(ctx)
}

func withValue[T any](parent context.Context, v T) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	return context.WithValue(ctx, attemptsKey{}, v), func() { cancel() }
}

func GenericLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := withValue(parent, "value") // want `\[discarded\]`
	return do(ctx)
}

func GenericClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := withValue(parent, "value")
	defer cancel()
	return do(ctx)
}

type client struct{ limit time.Duration }

func (c *client) context(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, c.limit)
}

func (c *client) MethodLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := c.context(parent) // want `\[discarded\]`
	return do(ctx)
}

func (c *client) MethodClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := c.context(parent)
	defer cancel()
	return do(ctx)
}

func (c *client) MethodValueLeaks(parent context.Context, do func(context.Context) error) error {
	derive := c.context
	ctx, _ := derive(parent) // want `\[discarded\]`
	return do(ctx)
}

func (c *client) MethodValueClean(parent context.Context, do func(context.Context) error) error {
	derive := c.context
	ctx, cancel := derive(parent)
	defer cancel()
	return do(ctx)
}

func ClosureWrapperLeaks(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	limited := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(parent, limit)
	}
	ctx, _ := limited() // want `\[discarded\]`
	return do(ctx)
}

func ClosureWrapperClean(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	limited := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(parent, limit)
	}
	ctx, cancel := limited()
	defer cancel()
	return do(ctx)
}

func ImportedLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := dep.WithDefault(parent) // want `\[discarded\]`
	return do(ctx)
}

func ImportedClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := dep.WithDefault(parent)
	defer cancel()
	return do(ctx)
}

// ImportedFirstLeaks discards result 0; the context is result 1.
func ImportedFirstLeaks(parent context.Context, l *dep.Limits, do func(context.Context) error) error {
	_, ctx := l.ForRead(parent) // want `\[discarded\]`
	return do(ctx)
}

func ImportedFirstClean(parent context.Context, l *dep.Limits, do func(context.Context) error) error {
	cancel, ctx := l.ForRead(parent)
	defer cancel()
	return do(ctx)
}

// ImportedTagClean discards a function that releases nothing.
func ImportedTagClean(parent context.Context, do func(context.Context) error) error {
	ctx, _ := dep.WithTag(parent, "call")
	return do(ctx)
}
