package discarded

// The cancel result is `_`, with package context imported by a dot.

import . "context"

func DotLeaks(parent Context, do func(Context) error) error {
	ctx, _ := WithCancel(parent) // want `\[discarded\]`
	return do(ctx)
}

func DotClean(parent Context, do func(Context) error) error {
	ctx, cancel := WithCancel(parent)
	defer cancel()
	return do(ctx)
}
