package overwritten

// "A variable … that may hold a live cancel is stored over": local variables,
// also those that closures share. The report stands at the lost creation.

import (
	"context"
	"time"
)

// LastOnlyLeaks ends the context of the last turn.
func LastOnlyLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	var ctx context.Context
	cancel := func() {}
	for s := range in {
		ctx, cancel = context.WithTimeout(parent, time.Hour) // want `\[overwritten\]`
		do(ctx, s)
	}
	cancel()
}

func EachTurnClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	var ctx context.Context
	cancel := func() {}
	for s := range in {
		ctx, cancel = context.WithTimeout(parent, time.Hour)
		do(ctx, s)
		cancel()
	}
	cancel()
}

// OldFirstClean ends the context of the last turn at the start of the next.
func OldFirstClean(parent context.Context, in <-chan string, start func(context.Context, string)) {
	var ctx context.Context
	cancel := func() {}
	for s := range in {
		cancel()
		ctx, cancel = context.WithTimeout(parent, time.Hour)
		start(ctx, s)
	}
	cancel()
}

// DeferredOnceLeaks defers one closure, which sees the last function only.
func DeferredOnceLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc = func() {}
	)
	defer func() { cancel() }()
	for s := range in {
		ctx, cancel = context.WithCancel(parent) // want `\[overwritten\]`
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func DeferredOnceClean(parent context.Context, in <-chan string, do func(context.Context, string) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc = func() {}
	)
	defer func() { cancel() }()
	for s := range in {
		cancel()
		ctx, cancel = context.WithCancel(parent)
		if err := do(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// SecondLeaks loses the first function; the second one's call ends the child
// only.
func SecondLeaks(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[overwritten\]`
	ctx, cancel = context.WithTimeout(ctx, limit)
	defer cancel()
	return do(ctx)
}

func SecondClean(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, limit)
	defer cancel()
	return do(ctx)
}

// LateClosureLeaks defers a closure that will see the second function.
func LateClosureLeaks(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[overwritten\]`
	defer func() { cancel() }()
	ctx, cancel = context.WithTimeout(ctx, limit)
	return do(ctx)
}

// EarlyValueClean defers the function itself, which stays what it is.
func EarlyValueClean(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, limit)
	defer func() { cancel() }()
	return do(ctx)
}

// SwitchLeaks loses its function when it takes the longer way.
func SwitchLeaks(parent context.Context, long bool, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[overwritten\]`
	if long {
		ctx, cancel = context.WithTimeout(parent, time.Hour)
	}
	defer cancel()
	return do(ctx)
}

func SwitchClean(parent context.Context, long bool, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	if long {
		cancel()
		ctx, cancel = context.WithTimeout(parent, time.Hour)
	}
	defer cancel()
	return do(ctx)
}

// RestartLeaks shares its variable with a closure that is called per event.
func RestartLeaks(parent context.Context, events <-chan string, run func(context.Context, string)) {
	cancel := func() {}
	restart := func(ev string) {
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent) // want `is overwritten in cancel while still live: .* \[overwritten\]`
		go run(ctx, ev)
	}
	for ev := range events {
		restart(ev)
	}
	cancel()
}

func RestartClean(parent context.Context, events <-chan string, run func(context.Context, string)) {
	cancel := func() {}
	restart := func(ev string) {
		cancel()
		var ctx context.Context
		ctx, cancel = context.WithCancel(parent)
		go run(ctx, ev)
	}
	for ev := range events {
		restart(ev)
	}
	cancel()
}

// RestarterLeaks has closures that share a variable, and events may call
// start twice before they call stop.
func RestarterLeaks(parent context.Context, starts, stops <-chan struct{}, run func(context.Context)) {
	var cancel context.CancelFunc
	start := func() {
		ctx, c := context.WithCancel(parent) // want `\[overwritten\]`
		cancel = c
		go run(ctx)
	}
	stop := func() {
		if cancel != nil {
			cancel()
			cancel = nil
		}
	}
	defer stop()
	for {
		select {
		case _, ok := <-starts:
			if !ok {
				return
			}
			start()
		case <-stops:
			stop()
		}
	}
}

func RestarterClean(parent context.Context, starts, stops <-chan struct{}, run func(context.Context)) {
	var cancel context.CancelFunc
	start := func() {
		if cancel != nil {
			return
		}
		ctx, c := context.WithCancel(parent)
		cancel = c
		go run(ctx)
	}
	stop := func() {
		if cancel != nil {
			cancel()
			cancel = nil
		}
	}
	defer stop()
	for {
		select {
		case _, ok := <-starts:
			if !ok {
				return
			}
			start()
		case <-stops:
			stop()
		}
	}
}

// BreakClean stores once, since it leaves its loop right after.
func BreakClean(parent context.Context, in <-chan string, do func(context.Context, string) bool) {
	var ctx context.Context
	cancel := func() {}
	for s := range in {
		if s != "" {
			ctx, cancel = context.WithTimeout(parent, time.Hour)
			do(ctx, s)
			break
		}
	}
	cancel()
}

// DeadlineClean gives the context a deadline unless it has one: one that was
// made with a timeout has.
func DeadlineClean(parent context.Context, wait, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := parent, context.CancelFunc(func() {})
	if wait > 0 {
		ctx, cancel = context.WithTimeout(ctx, wait)
	}
	if _, ok := ctx.Deadline(); !ok {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	return do(ctx)
}

// NoDeadlineLeaks does so to one that may have none.
func NoDeadlineLeaks(parent context.Context, cancelable bool, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := parent, context.CancelFunc(func() {})
	if cancelable {
		ctx, cancel = context.WithCancel(ctx) // want `\[overwritten\]`
	}
	if _, ok := ctx.Deadline(); !ok {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	return do(ctx)
}

// GarbageClean replaces a context that nobody was given: the parent never ends,
// and keeps no child.
func GarbageClean(limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(context.Background())
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	return do(ctx)
}

// ReplacedLeaks does so with a child of the caller's.
func ReplacedLeaks(parent context.Context, limit time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[overwritten\]`
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	return do(ctx)
}

// RestartBriefLeaks releases in the same run only when asked to.
func RestartBriefLeaks(parent context.Context, events <-chan bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	cancel()
	restart := func(brief bool) {
		ctx, cancel = context.WithCancel(parent) // want `\[overwritten\]`
		do(ctx)
		if brief {
			cancel()
		}
	}
	for brief := range events {
		restart(brief)
	}
	cancel()
}

func RestartBriefClean(parent context.Context, events <-chan bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	cancel()
	restart := func(brief bool) {
		ctx, cancel = context.WithCancel(parent)
		do(ctx)
		if brief {
			do(parent)
		}
		cancel()
	}
	for brief := range events {
		restart(brief)
	}
	cancel()
}
