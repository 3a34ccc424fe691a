package lostpath

// Early returns, with package context under another name.

import stdctx "context"

func RenamedLeaks(parent stdctx.Context, check func() error, do func(stdctx.Context) error) error {
	ctx, cancel := stdctx.WithCancel(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func RenamedClean(parent stdctx.Context, check func() error, do func(stdctx.Context) error) error {
	ctx, cancel := stdctx.WithCancel(parent)
	defer cancel()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}
