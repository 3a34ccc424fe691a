package discarded

// "Or never used (`_ = cancel`, `cancel != nil` and a closure nobody runs are
// no use)".

import (
	"context"
	"errors"
	"log"
	"time"
)

func QuietLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[discarded\]`
	_ = cancel
	return do(ctx)
}

func QuietClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	_ = cancel
	defer cancel()
	return do(ctx)
}

func NilCheckLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	if cancel != nil {
		log.Print("the call has a limit")
	}
	return do(ctx)
}

func NilCheckClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	if cancel != nil {
		log.Print("the call has a limit")
		defer cancel()
	}
	return do(ctx)
}

func GuardLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[discarded\]`
	if cancel == nil {
		return errors.New("no cancel function")
	}
	return do(ctx)
}

func GuardClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	if cancel == nil {
		return errors.New("no cancel function")
	}
	err := do(ctx)
	cancel()
	return err
}

// ClosureLeaks makes a closure that would cancel, and runs it nowhere.
func ClosureLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[discarded\]`
	stop := func() {
		log.Print("stopping")
		cancel()
	}
	_ = stop
	return do(ctx)
}

func ClosureClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	stop := func() {
		log.Print("stopping")
		cancel()
	}
	defer stop()
	return do(ctx)
}

// MentionLeaks runs its closure, which only mentions the function.
func MentionLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[discarded\]`
	defer func() {
		_ = cancel
		log.Print("done")
	}()
	return do(ctx)
}

func MentionClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		cancel()
		log.Print("done")
	}()
	return do(ctx)
}

// AliasLeaks gives the function a second name, and uses neither.
func AliasLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[discarded\]`
	var finish func() = cancel
	_ = finish
	return do(ctx)
}

func AliasClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	var finish func() = cancel
	defer finish()
	return do(ctx)
}

// DeclaredLeaks declares the function apart from its creation.
func DeclaredLeaks(parent context.Context, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelCauseFunc
	)
	ctx, cancel = context.WithCancelCause(parent) // want `\[discarded\]`
	_ = cancel
	return do(ctx)
}

func DeclaredClean(parent context.Context, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelCauseFunc
	)
	ctx, cancel = context.WithCancelCause(parent)
	defer cancel(nil)
	return do(ctx)
}
