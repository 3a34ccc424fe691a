package lostpath

// Silent on "nil-checked and correlated conditions (`if d > 0 {…}` twice,
// golang/go#25720)".

import (
	"context"
	"time"
)

// TwiceLeaks asks another question the second time.
func TwiceLeaks(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	err := do(ctx)
	if limit > time.Second {
		cancel()
	}
	return err
}

func TwiceClean(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	err := do(ctx)
	if limit > 0 {
		cancel()
	}
	return err
}

// ChangedLeaks asks the same question of another value.
func ChangedLeaks(ctx context.Context, limit, spent time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	err := do(ctx)
	limit -= spent
	if limit > 0 {
		cancel()
	}
	return err
}

func ChangedClean(ctx context.Context, limit, spent time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	err := do(ctx)
	if limit > 0 {
		cancel()
	}
	limit -= spent
	if limit < 0 {
		return context.DeadlineExceeded
	}
	return err
}

// FlagLeaks asks for another flag.
func FlagLeaks(ctx context.Context, limited, traced bool, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limited {
		ctx, cancel = context.WithTimeout(ctx, time.Minute) // want `\[lostpath\]`
	}
	err := do(ctx)
	if limited && traced {
		cancel()
	}
	return err
}

func FlagClean(ctx context.Context, limited, traced bool, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limited {
		ctx, cancel = context.WithTimeout(ctx, time.Minute)
	}
	err := do(ctx)
	if limited || traced && cancel != nil {
		cancel()
	}
	return err
}

// NilCheckLeaks releases only what is there, but not on every path.
func NilCheckLeaks(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	err := do(ctx)
	if cancel != nil && err == nil {
		cancel()
	}
	return err
}

func NilCheckClean(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	err := do(ctx)
	if cancel != nil {
		cancel()
	}
	return err
}

// DeferredNilCheckLeaks defers its check where the context may be made already.
func DeferredNilCheckLeaks(ctx context.Context, limit time.Duration, check func() error, do func(context.Context) error) error {
	var cancel context.CancelFunc
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	if err := check(); err != nil {
		return err
	}
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	return do(ctx)
}

func DeferredNilCheckClean(ctx context.Context, limit time.Duration, check func() error, do func(context.Context) error) error {
	var cancel context.CancelFunc
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

// NoopClean has a function to call in any case.
func NoopClean(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	cancel := func() {}
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	defer cancel()
	return do(ctx)
}

// NoopLeaks has deferred the wrong function by the time there is another one.
func NoopLeaks(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	cancel := func() {}
	defer cancel()
	if limit > 0 {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	if err := do(ctx); err != nil {
		cancel()
		return err
	}
	return nil
}

// HasLimitClean keeps its question in a variable.
func HasLimitClean(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	hasLimit := limit > 0
	if hasLimit {
		ctx, cancel = context.WithTimeout(ctx, limit)
	}
	err := do(ctx)
	if !hasLimit {
		return err
	}
	cancel()
	return err
}

// HasLimitLeaks mixes another question into it.
func HasLimitLeaks(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var cancel context.CancelFunc
	hasLimit := limit > 0
	if hasLimit {
		ctx, cancel = context.WithTimeout(ctx, limit) // want `\[lostpath\]`
	}
	err := do(ctx)
	if !hasLimit || err != nil {
		return err
	}
	cancel()
	return nil
}

// attach returns an error or a context with its function, never both.
func attach(parent context.Context, check func() error) (context.Context, context.CancelFunc, error) {
	if err := check(); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithCancel(parent)
	return ctx, cancel, nil
}

// PairedErrorLeaks leaves on another error than attach's.
func PairedErrorLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel, err := attach(parent, check) // want `\[lostpath\]`
	if err != nil {
		return err
	}
	if err = check(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func PairedErrorClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel, err := attach(parent, check)
	if err != nil {
		return err
	}
	defer cancel()
	if err = check(); err != nil {
		return err
	}
	return do(ctx)
}

// enter returns a function if it says so.
func enter(parent context.Context, busy bool) (ctx context.Context, leave context.CancelFunc, ok bool) {
	if busy {
		return nil, nil, false
	}
	ctx, leave = context.WithCancel(parent)
	return ctx, leave, true
}

func PairedOKLeaks(parent context.Context, busy bool, do func(context.Context) bool) bool {
	ctx, leave, ok := enter(parent, busy) // want `\[lostpath\]`
	if !ok {
		return false
	}
	if !do(ctx) {
		return false
	}
	leave()
	return true
}

func PairedOKClean(parent context.Context, busy bool, do func(context.Context) bool) bool {
	ctx, leave, ok := enter(parent, busy)
	if !ok {
		return false
	}
	defer leave()
	return do(ctx)
}

// ReasonsLeaks is made for either reason, and released for both.
func ReasonsLeaks(ctx context.Context, bounded, traced bool, do func(context.Context) error) error {
	cancel := func() {}
	if bounded || traced {
		ctx, cancel = context.WithCancel(ctx) // want `\[lostpath\]`
	}
	err := do(ctx)
	if bounded && traced {
		cancel()
	}
	return err
}

func ReasonsClean(ctx context.Context, bounded, traced bool, do func(context.Context) error) error {
	cancel := func() {}
	if bounded || traced {
		ctx, cancel = context.WithCancel(ctx)
	}
	err := do(ctx)
	if bounded || traced {
		cancel()
	}
	return err
}

// RenewedLeaks defers the release of the first context, in a variable that a
// function literal shares.
func RenewedLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	if err := do(ctx); err != nil {
		func() { cancel() }()
		ctx, cancel = context.WithCancel(parent) // want `\[discarded\]`
		return do(ctx)
	}
	return nil
}

func RenewedClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer func() { cancel() }()
	if err := do(ctx); err != nil {
		func() { cancel() }()
		ctx, cancel = context.WithCancel(parent)
		return do(ctx)
	}
	return nil
}

// SharedLeaks gives the release to a goroutine for one answer only.
func SharedLeaks(parent context.Context, wait, ask bool, do func(context.Context)) {
	var ctx context.Context
	cancel := func() {}
	if wait {
		ctx, cancel = context.WithCancel(parent) // want `\[lostpath\]`
	}
	if ask {
		go func() {
			defer cancel()
			do(ctx)
		}()
	}
}

func SharedClean(parent context.Context, wait, ask bool, do func(context.Context)) {
	var ctx context.Context
	cancel := func() {}
	if wait {
		ctx, cancel = context.WithCancel(parent)
	}
	if ask || wait {
		go func() {
			defer cancel()
			do(ctx)
		}()
	}
}

// OtherNumberLeaks returns for a number for which there may be a context.
func OtherNumberLeaks(ctx context.Context, mode int, quick bool, do func(context.Context) error) error {
	cancel := func() {}
	if mode == 2 {
		ctx, cancel = context.WithCancel(ctx) // want `\[lostpath\]`
	}
	err := do(ctx)
	if quick && mode != 1 {
		return err
	}
	cancel()
	return err
}

func OtherNumberClean(ctx context.Context, mode int, quick bool, do func(context.Context) error) error {
	cancel := func() {}
	if mode == 2 {
		ctx, cancel = context.WithCancel(ctx)
	}
	err := do(ctx)
	if quick && mode == 1 {
		return err
	}
	cancel()
	return err
}

// AroundLeaks asks in its function literal what is known where that is made.
func AroundLeaks(parent context.Context, n int, quiet bool, do func(context.Context)) {
	if n > 1 && quiet {
		defer func() {
			ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
			if n >= 3 {
				cancel()
			}
		}()
	}
	do(parent)
}

func AroundClean(parent context.Context, n int, quiet bool, do func(context.Context)) {
	if n > 1 && quiet {
		defer func() {
			ctx, cancel := context.WithCancel(parent)
			do(ctx)
			if n >= 2 {
				cancel()
			}
		}()
	}
	do(parent)
}

// AroundChangedLeaks asks of what has changed in between.
func AroundChangedLeaks(parent context.Context, quiet bool, do func(context.Context)) {
	if quiet {
		defer func() {
			ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
			do(ctx)
			if quiet {
				cancel()
			}
		}()
	}
	quiet = false
	do(parent)
}

// OtherNameLeaks returns for any name but one.
func OtherNameLeaks(ctx context.Context, mode string, quick bool, do func(context.Context) error) error {
	cancel := func() {}
	if mode == "watch" {
		ctx, cancel = context.WithCancel(ctx) // want `\[lostpath\]`
	}
	if mode == "watch" {
		_ = do(ctx)
	}
	if quick && mode != "list" {
		return nil
	}
	cancel()
	return nil
}

func OtherNameClean(ctx context.Context, mode string, quick bool, do func(context.Context) error) error {
	cancel := func() {}
	if mode == "watch" {
		ctx, cancel = context.WithCancel(ctx)
	}
	if mode == "watch" {
		_ = do(ctx)
	}
	if quick && mode == "list" {
		return nil
	}
	cancel()
	return nil
}
