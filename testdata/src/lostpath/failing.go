package lostpath

// "A helper that fails": it leaves what it was given to its caller only then.

import (
	"context"
	"errors"
)

var errNothing = errors.New("nothing to do")

func begun(ctx context.Context, do func(context.Context) error, done func(error)) (string, error) {
	if do == nil {
		return "", errNothing
	}
	go func() { done(do(ctx)) }()
	return "begun", nil
}

func BegunClean(parent context.Context, do func(context.Context) error) string {
	ctx, cancel := context.WithCancel(parent)
	s, err := begun(ctx, do, func(error) { cancel() })
	if err != nil {
		cancel()
		return err.Error()
	}
	return s
}

func BegunLeaks(parent context.Context, do func(context.Context) error) string {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	s, err := begun(ctx, do, func(error) { cancel() })
	if err != nil {
		return err.Error()
	}
	return s
}
