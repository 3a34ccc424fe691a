package lostpath

// "Any function whose summary says so": paths from a wrapper's call.

import (
	"context"
	"time"

	"lostpath/dep"
)

func withDefault(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Hour)
}

func WrapperLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := withDefault(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func WrapperClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := withDefault(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

type valueKey struct{}

func withValue[T any](parent context.Context, v T) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	return context.WithValue(ctx, valueKey{}, v), func() { cancel() }
}

func GenericLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := withValue(parent, 7) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	err := do(ctx)
	cancel()
	return err
}

func GenericClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := withValue(parent, 7)
	if err := check(); err != nil {
		cancel()
		return err
	}
	err := do(ctx)
	cancel()
	return err
}

type client struct{ limit time.Duration }

func (c *client) bound(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, c.limit)
}

func (c *client) MethodLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := c.bound(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func (c *client) MethodClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := c.bound(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func (c *client) MethodValueLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	bound := c.bound
	ctx, cancel := bound(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func (c *client) MethodValueClean(parent context.Context, check func() error, do func(context.Context) error) error {
	bound := c.bound
	ctx, cancel := bound(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func ClosureLeaks(parent context.Context, limit time.Duration, check func() error, do func(context.Context) error) error {
	bound := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(parent, limit)
	}
	ctx, cancel := bound() // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func ClosureClean(parent context.Context, limit time.Duration, check func() error, do func(context.Context) error) error {
	bound := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(parent, limit)
	}
	ctx, cancel := bound()
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func ImportedLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := dep.WithDefault(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func ImportedClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := dep.WithDefault(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

// PassOnLeaks is itself a wrapper, on one of its paths.
func PassOnLeaks(parent context.Context, check func(context.Context) error) (context.Context, context.CancelFunc, error) {
	ctx, cancel := withDefault(parent) // want `\[lostpath\]`
	if err := check(ctx); err != nil {
		return nil, nil, err
	}
	return ctx, cancel, nil
}

func PassOnClean(parent context.Context, check func(context.Context) error) (context.Context, context.CancelFunc, error) {
	ctx, cancel := withDefault(parent)
	if err := check(ctx); err != nil {
		cancel()
		return nil, nil, err
	}
	return ctx, cancel, nil
}
