package discarded

// The cancel result is `_`, with package context under another name.

import stdctx "context"

// contextLike has a method with the name of the package's function.
type contextLike struct{}

func (contextLike) WithCancel(parent stdctx.Context) (stdctx.Context, func()) {
	return parent, func() {}
}

func RenamedLeaks(parent stdctx.Context, do func(stdctx.Context) error) error {
	ctx, _ := stdctx.WithCancel(parent) // want `\[discarded\]`
	return do(ctx)
}

func RenamedClean(parent stdctx.Context, do func(stdctx.Context) error) error {
	ctx, cancel := stdctx.WithCancel(parent)
	defer cancel()
	return do(ctx)
}

// LookalikeClean calls a method that only looks like the package's function.
func LookalikeClean(parent stdctx.Context, do func(stdctx.Context) error) error {
	var context contextLike
	ctx, _ := context.WithCancel(parent)
	return do(ctx)
}
