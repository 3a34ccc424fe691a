package lostpath

// Silent on paths that "have seen `<-ctx.Done()` or `ctx.Err() != nil` of this
// very context": a context that is done is off its parent.

import (
	"context"
	"time"

	"lostpath/dep"
)

// AwaitLeaks has seen the end of another context.
func AwaitLeaks(parent, daemon context.Context, ch <-chan string) (string, error) {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	select {
	case s := <-ch:
		cancel()
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	case <-daemon.Done():
		return "", daemon.Err()
	}
}

func AwaitClean(parent context.Context, ch <-chan string) (string, error) {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	select {
	case s := <-ch:
		cancel()
		return s, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// AwaitParentClean has seen the end of the parent, which ends its children.
func AwaitParentClean(parent context.Context, ch <-chan string, fill func(context.Context)) (string, error) {
	ctx, cancel := context.WithCancel(parent)
	go fill(ctx)
	select {
	case s := <-ch:
		cancel()
		return s, nil
	case <-parent.Done():
		return "", parent.Err()
	}
}

// AwaitChildLeaks has seen the end of a child, which does not end its parent.
func AwaitChildLeaks(parent context.Context, ch <-chan string, fill func(context.Context)) (string, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go fill(ctx)
	limited, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	select {
	case s := <-ch:
		cancel()
		return s, nil
	case <-limited.Done():
		return "", limited.Err()
	}
}

func AwaitChildClean(parent context.Context, ch <-chan string, fill func(context.Context)) (string, error) {
	ctx, cancel := context.WithCancel(parent)
	go fill(ctx)
	limited, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	select {
	case s := <-ch:
		cancel()
		return s, nil
	case <-limited.Done():
		cancel()
		return "", limited.Err()
	}
}

func PollLeaks(parent, daemon context.Context, ready func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	for daemon.Err() == nil {
		if ready(ctx) {
			cancel()
			return true
		}
	}
	return false
}

func PollClean(parent context.Context, ready func(context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	for ctx.Err() == nil {
		if ready(ctx) {
			cancel()
			return true
		}
	}
	return false
}

// EitherErrorLeaks may leave on err alone.
func EitherErrorLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	err := do(ctx)
	if err != nil || ctx.Err() != nil {
		return err
	}
	cancel()
	return nil
}

// BothErrorsClean leaves early only when its context is done.
func BothErrorsClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	err := do(ctx)
	if err != nil && ctx.Err() != nil {
		return err
	}
	cancel()
	return nil
}

// ErrorVariableLeaks asks the wrong way round: no error means still alive.
func ErrorVariableLeaks(parent context.Context, do func(context.Context)) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	do(ctx)
	err := ctx.Err()
	if err == nil {
		return nil
	}
	cancel()
	return err
}

func ErrorVariableClean(parent context.Context, do func(context.Context)) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	do(ctx)
	err := ctx.Err()
	if err != nil {
		return err
	}
	cancel()
	return nil
}

// CauseClean asks for the cause, which also only a done context has.
func CauseClean(parent context.Context, do func(context.Context)) error {
	ctx, cancel := context.WithCancelCause(parent)
	do(ctx)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	cancel(nil)
	return nil
}

// PauseLeaks uses up a timer of its own.
func PauseLeaks(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	if err := do(ctx); err == nil {
		cancel()
		return nil
	}
	<-time.After(limit)
	return do(parent)
}

// PauseClean uses up the time of its context.
func PauseClean(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, limit)
	if err := do(ctx); err == nil {
		cancel()
		return nil
	}
	<-ctx.Done()
	return do(parent)
}

// WaitedClean forgets a context for which nobody waits: the only goroutine that
// had it has sent its error, and ended.
func WaitedClean(acquire func(context.Context) error) (context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(context.Background())
	failed := make(chan error, 1)
	go func() { failed <- acquire(ctx) }()
	if err := <-failed; err != nil {
		return nil, err
	}
	return cancel, nil
}

// UnwaitedLeaks forgets one that the goroutine may wait for.
func UnwaitedLeaks(check func() error, acquire func(context.Context)) (context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(context.Background()) // want `\[lostpath\]`
	go acquire(ctx)
	if err := check(); err != nil {
		return nil, err
	}
	return cancel, nil
}

// OuterLeaks derives in a function literal from what the release of the context
// around it does not end.
func OuterLeaks(parent context.Context, last bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	turn := func() {
		sub, stop := context.WithCancel(parent) // want `\[lostpath\]`
		do(sub)
		if last {
			cancel()
			return
		}
		stop()
	}
	do(ctx)
	turn()
	cancel()
}

func OuterClean(parent context.Context, last bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	turn := func() {
		sub, stop := context.WithCancel(ctx)
		do(sub)
		if last {
			cancel()
			return
		}
		stop()
	}
	turn()
	cancel()
}

// EarlierLeaks ends the parent only where the deferred call says so.
func EarlierLeaks(parent context.Context, failed, quiet bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	sub, stop := context.WithTimeout(ctx, time.Hour)
	do(sub)
	if failed {
		if quiet {
			cancel()
		}
		return
	}
	defer func() { cancel() }()
	stop()
}

func EarlierClean(parent context.Context, failed bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	sub, stop := context.WithTimeout(ctx, time.Hour)
	do(sub)
	if failed {
		cancel()
		return
	}
	defer func() { cancel() }()
	stop()
}

func callIt(release func()) { release() }

func dropIt(release func()) { _ = release }

// WrappedLeaks hands the function literal that ends the parent to who does
// not call it.
func WrappedLeaks(parent context.Context, failed bool, do func(context.Context)) {
	ctx, cancel := context.WithCancelCause(parent) // want `\[lostpath\]`
	stop := func() { cancel(nil) }
	sub, release := context.WithCancel(ctx)
	do(sub)
	if failed {
		dropIt(stop)
		return
	}
	stop()
	release()
}

func WrappedClean(parent context.Context, failed bool, do func(context.Context)) {
	ctx, cancel := context.WithCancelCause(parent)
	stop := func() { cancel(nil) }
	sub, release := context.WithCancel(ctx)
	do(sub)
	if failed {
		callIt(stop)
		return
	}
	stop()
	release()
}

type label struct{}

// labelled adds the labels that are not there.
func labelled(ctx context.Context, labels ...string) context.Context {
	if ctx.Value(label{}) != nil {
		return ctx
	}
	for _, l := range labels {
		ctx = context.WithValue(ctx, label{}, l)
	}
	return ctx
}

// bounded has an end of its own.
func bounded(ctx context.Context) context.Context {
	ctx, _ = context.WithTimeout(ctx, time.Second) // want `\[discarded\]`
	return ctx
}

type tagged struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// LabelledLeaks has seen the end of a context that ends sooner.
func LabelledLeaks(parent context.Context, do func(context.Context)) {
	var c tagged
	c.ctx, c.cancel = context.WithTimeout(parent, time.Hour) // want `\[lostpath\]`
	c.ctx = bounded(c.ctx)
	if c.ctx.Err() != nil {
		return
	}
	do(c.ctx)
	c.cancel()
}

// LabelledClean puts a context in the place of its own that is done when it is.
func LabelledClean(parent context.Context, do func(context.Context)) {
	var c tagged
	c.ctx, c.cancel = context.WithTimeout(parent, time.Hour)
	c.ctx = labelled(c.ctx, "a", "b")
	if c.ctx.Err() != nil {
		return
	}
	do(c.ctx)
	c.cancel()
}

// DetachedLeaks and NamedClean go by what is known of another package.
func DetachedLeaks(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	own := dep.Detached(ctx)
	if own.Err() != nil {
		return
	}
	do(own)
	cancel()
}

func NamedClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	ctx = dep.Named(ctx, "import")
	select {
	case <-ctx.Done():
		return
	default:
	}
	do(ctx)
	cancel()
}
