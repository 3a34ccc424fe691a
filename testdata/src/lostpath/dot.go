package lostpath

// Early returns, with package context imported by a dot.

import . "context"

func DotLeaks(parent Context, check func() error, do func(Context) error) error {
	ctx, cancel := WithCancel(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func DotClean(parent Context, check func() error, do func(Context) error) error {
	ctx, cancel := WithCancel(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}
