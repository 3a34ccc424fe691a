package lostpath

// "Per function and parameter: must call, may call, keeps, returns, ignores":
// a cancel function passed to a helper.

import (
	"context"
	"log"
	"sync"

	"lostpath/dep"
)

func note(name string, cancel context.CancelFunc) { log.Print(name, cancel != nil) }

func finish(name string, cancel context.CancelFunc) {
	log.Print(name)
	cancel()
}

func finishIf(done bool, cancel context.CancelFunc) {
	if done {
		cancel()
	}
}

func IgnoredLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	err := do(ctx)
	note("do", cancel)
	return err
}

func CalledClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	err := do(ctx)
	finish("do", cancel)
	return err
}

func SometimesLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	err := do(ctx)
	finishIf(err == nil, cancel)
	return err
}

func EitherWayClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	err := do(ctx)
	if err != nil {
		cancel()
	} else {
		finish("do", cancel)
	}
	return err
}

func DeferredNoteLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer note("do", cancel)
	return do(ctx)
}

func DeferredFinishClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer finish("do", cancel)
	return do(ctx)
}

// noteTwice passes on to one that ignores, finishTwice to one that calls.
func noteTwice(cancel context.CancelFunc) {
	note("once", cancel)
	note("twice", cancel)
}

func finishTwice(cancel context.CancelFunc) {
	note("once", cancel)
	finish("twice", cancel)
}

func TwiceRemovedLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer noteTwice(cancel)
	return do(ctx)
}

func TwiceRemovedClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer finishTwice(cancel)
	return do(ctx)
}

// countdown calls its function in the end, however deep it goes.
func countdown(n int, cancel func()) {
	if n <= 0 {
		cancel()
		return
	}
	countdown(n-1, cancel)
}

func RecursionClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer countdown(3, cancel)
	return do(ctx)
}

func runAll(fs ...context.CancelFunc) {
	for _, f := range fs {
		f()
	}
}

func VariadicClean(parent context.Context, a, b func(context.Context) error) error {
	actx, acancel := context.WithCancel(parent)
	bctx, bcancel := context.WithCancel(parent)
	defer runAll(acancel, bcancel)
	if err := a(actx); err != nil {
		return err
	}
	return b(bctx)
}

// VariadicLeaks has one of two in its list.
func VariadicLeaks(parent context.Context, a, b func(context.Context) error) error {
	actx, acancel := context.WithCancel(parent)
	defer runAll(acancel)
	bctx, bcancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := a(actx); err != nil {
		return err
	}
	err := b(bctx)
	bcancel()
	return err
}

func call[F ~func()](f F) { f() }

func drop[F ~func()](f F) { log.Print(f != nil) }

func GenericHelperLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer drop(cancel)
	return do(ctx)
}

func GenericHelperClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer call(cancel)
	return do(ctx)
}

func ImportedHelperLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer dep.Note("do", cancel)
	return do(ctx)
}

func ImportedHelperClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer dep.Finish("do", cancel)
	return do(ctx)
}

// ImportedExitClean does not come back from dep.Fail.
func ImportedExitClean(parent context.Context, do func(context.Context) error) {
	ctx, cancel := context.WithCancel(parent)
	if err := do(ctx); err != nil {
		dep.Fail(err)
		return
	}
	cancel()
}

// keeper calls in Close what it has been given.
type keeper struct {
	mu  sync.Mutex
	end []func()
}

func (k *keeper) keep(f func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.end = append(k.end, f)
}

func (k *keeper) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, f := range k.end {
		f()
	}
	k.end = nil
}

func (k *keeper) KeptLeaks(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return err
	}
	k.keep(cancel)
	return nil
}

func (k *keeper) KeptClean(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	k.keep(cancel)
	return start(ctx)
}

// registry takes functions over; who knows when it calls them.
type registry interface{ Register(func()) }

func TakenOverClean(parent context.Context, r registry, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	r.Register(cancel)
	return start(ctx)
}

func GivenToFunctionValueClean(parent context.Context, start func(context.Context, context.CancelFunc) error) error {
	ctx, cancel := context.WithCancel(parent)
	return start(ctx, cancel)
}
