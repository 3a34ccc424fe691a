package lostpath

// "Some path from creation to return neither releases nor hands it on": early
// returns, switches, selects, loops.

import (
	"context"
	"errors"
	"time"
)

var (
	errKind = errors.New("unknown kind")
	errQuit = errors.New("quit")
)

func FetchLeaks(parent context.Context, prepare func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := prepare(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func FetchClean(parent context.Context, prepare func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	if err := prepare(); err != nil {
		return err
	}
	return do(ctx)
}

// StepsLeaks cancels on its way out, but not on the way out of the middle.
func StepsLeaks(parent context.Context, first, second, third func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
	if err := first(ctx); err != nil {
		cancel()
		return err
	}
	if err := second(ctx); err != nil {
		return err
	}
	err := third(ctx)
	cancel()
	return err
}

func StepsClean(parent context.Context, first, second, third func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	if err := first(ctx); err != nil {
		cancel()
		return err
	}
	if err := second(ctx); err != nil {
		cancel()
		return err
	}
	err := third(ctx)
	cancel()
	return err
}

func DispatchLeaks(parent context.Context, kind string, do func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
	switch kind {
	case "get", "list":
		err := do(ctx, kind)
		cancel()
		return err
	case "put":
		return do(ctx, kind)
	}
	cancel()
	return errKind
}

func DispatchClean(parent context.Context, kind string, do func(context.Context, string) error) error {
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	switch kind {
	case "get", "list":
		err := do(ctx, kind)
		cancel()
		return err
	case "put":
		err := do(ctx, kind)
		cancel()
		return err
	}
	cancel()
	return errKind
}

// NoDefaultLeaks has no case for all other values.
func NoDefaultLeaks(parent context.Context, v any, do func(context.Context, any) error) (err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	switch v := v.(type) {
	case string:
		err = do(ctx, v)
		cancel()
	case int:
		err = do(ctx, v)
		cancel()
	}
	return err
}

func DefaultClean(parent context.Context, v any, do func(context.Context, any) error) (err error) {
	ctx, cancel := context.WithCancel(parent)
	switch v := v.(type) {
	case string:
		err = do(ctx, v)
		cancel()
	case int:
		err = do(ctx, v)
		cancel()
	default:
		cancel()
	}
	return err
}

func ReceiveLeaks(parent context.Context, in <-chan string, quit <-chan struct{}, fill func(context.Context)) (string, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go fill(ctx)
	select {
	case s := <-in:
		cancel()
		return s, nil
	case <-quit:
		return "", errQuit
	}
}

func ReceiveClean(parent context.Context, in <-chan string, quit <-chan struct{}, fill func(context.Context)) (string, error) {
	ctx, cancel := context.WithCancel(parent)
	go fill(ctx)
	select {
	case s := <-in:
		cancel()
		return s, nil
	case <-quit:
		cancel()
		return "", errQuit
	}
}

// DialLeaks makes a context per turn; each turn that fails loses its own.
func DialLeaks(parent context.Context, addrs []string, dial func(context.Context, string) error) (err error) {
	for _, addr := range addrs {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[lostpath\]`
		if err = dial(ctx, addr); err != nil {
			continue
		}
		cancel()
		return nil
	}
	return err
}

func DialClean(parent context.Context, addrs []string, dial func(context.Context, string) error) (err error) {
	for _, addr := range addrs {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		err = dial(ctx, addr)
		cancel()
		if err != nil {
			continue
		}
		return nil
	}
	return err
}

// DrainLeaks leaves its loop with the turn's context alive.
func DrainLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) (n int, err error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		if err = do(ctx, s); err != nil {
			break
		}
		cancel()
		n++
	}
	return n, err
}

func DrainClean(parent context.Context, in <-chan string, do func(context.Context, string) error) (n int, err error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		if err = do(ctx, s); err != nil {
			cancel()
			break
		}
		cancel()
		n++
	}
	return n, err
}

// ReusedVariableClean stores one turn's function over the last turn's, which
// has been called on every way to the next turn and out of the loop.
func ReusedVariableClean(parent context.Context, addrs []string, dial func(context.Context, string) error) (err error) {
	var (
		ctx    context.Context
		cancel context.CancelFunc
	)
	for _, addr := range addrs {
		ctx, cancel = context.WithTimeout(parent, time.Minute)
		if err = dial(ctx, addr); err == nil {
			cancel()
			return nil
		}
		cancel()
	}
	return err
}

// EitherLeaks makes one of two contexts and loses it on one return: one leak,
// one report, where the first is made.
func EitherLeaks(parent context.Context, limit time.Duration, prepare func() error, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc
	)
	if limit > 0 {
		ctx, cancel = context.WithTimeout(parent, limit) // want `cancel function of context.WithTimeout .* \[lostpath\]`
	} else {
		ctx, cancel = context.WithCancel(parent)
	}
	if err := prepare(); err != nil {
		return err
	}
	defer cancel()
	return do(ctx)
}

func EitherClean(parent context.Context, limit time.Duration, prepare func() error, do func(context.Context) error) error {
	var (
		ctx    context.Context
		cancel context.CancelFunc
	)
	if limit > 0 {
		ctx, cancel = context.WithTimeout(parent, limit)
	} else {
		ctx, cancel = context.WithCancel(parent)
	}
	defer cancel()
	if err := prepare(); err != nil {
		return err
	}
	return do(ctx)
}

// InTurnLeaks makes two and forgets both: each needs a call of its own.
func InTurnLeaks(parent context.Context, do func(context.Context) error) error {
	a, cancelA := context.WithCancel(parent) // want `\[lostpath\]`
	b, cancelB := context.WithCancel(parent) // want `\[lostpath\]`
	if err := do(a); err != nil {
		return err
	}
	if err := do(b); err != nil {
		return err
	}
	cancelA()
	cancelB()
	return nil
}

type pair struct {
	ctx, inCtx       context.Context
	cancel, inCancel context.CancelFunc
}

// ParentAndChildLeaks forgets both on one return: the parent's release is
// missing, and would end the child.
func ParentAndChildLeaks(parent context.Context, check func() error) (*pair, error) {
	p := &pair{}
	p.ctx, p.cancel = context.WithCancel(parent) // want `\[lostpath\]`
	p.inCtx, p.inCancel = context.WithCancel(p.ctx)
	if err := check(); err != nil {
		return nil, err
	}
	return p, nil
}

// End ends both.
func (p *pair) End() {
	p.inCancel()
	p.cancel()
}
