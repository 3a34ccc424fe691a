package unclosed

// "Fields that tell": an error or a boolean beside the obligation says whether there
// is one.

import (
	"context"
	"errors"
	"os"
)

type attempt struct {
	ctx    context.Context
	cancel context.CancelFunc
	err    error
}

func try(parent context.Context, name string) attempt {
	if name == "" {
		return attempt{err: errors.New("no name")}
	}
	ctx, cancel := context.WithCancel(parent)
	return attempt{ctx: ctx, cancel: cancel}
}

func TryClean(parent context.Context, name string) error {
	a := try(parent, name)
	if a.err != nil {
		return a.err
	}
	defer a.cancel()
	<-a.ctx.Done()
	return nil
}

func TryLeaks(parent context.Context, name string) error {
	a := try(parent, name) // want `never released`
	if a.err == nil {
		return nil
	}
	a.cancel()
	return a.err
}

func TryOtherLeaks(parent context.Context, name string) error {
	a := try(parent, name) // want `not released on every path`
	if _, err := os.Stat(name); err != nil {
		return err
	}
	a.cancel()
	return a.err
}

// again returns what try did.
func again(parent context.Context, name string) attempt { return try(parent, name+"2") }

func AgainClean(parent context.Context, name string) error {
	a := again(parent, name)
	if a.err != nil {
		return a.err
	}
	a.cancel()
	return nil
}

type visit struct {
	ctx    context.Context
	cancel context.CancelFunc
	ok     bool
}

func enter(parent context.Context, name string) *visit {
	v := &visit{}
	if _, err := os.Stat(name); err != nil {
		return v
	}
	v.ctx, v.cancel = context.WithCancel(parent)
	v.ok = true
	return v
}

func EnterClean(parent context.Context, name string) error {
	v := enter(parent, name)
	if !v.ok {
		return errors.New("not there")
	}
	defer v.cancel()
	<-v.ctx.Done()
	return nil
}

func EnterLeaks(parent context.Context, name string) error {
	v := enter(parent, name) // want `never released`
	if v.ok {
		return errors.New("there")
	}
	v.cancel()
	return nil
}

// warned has an error that says nothing of the kind.
type warned struct {
	cancel context.CancelFunc
	err    error
}

func warn(parent context.Context, name string) (w warned) {
	ctx, cancel := context.WithCancel(parent)
	w.cancel = cancel
	if name == "" {
		w.err = errors.New("no name")
	}
	go func() { <-ctx.Done() }()
	return w
}

func WarnLeaks(parent context.Context, name string) error {
	w := warn(parent, name) // want `not released on every path`
	if w.err != nil {
		return w.err
	}
	w.cancel()
	return nil
}

// settled has a field that others set as well.
type settled struct {
	cancel context.CancelFunc
	err    error
}

func settle(parent context.Context, name string) *settled {
	if name == "" {
		return &settled{err: errors.New("no name")}
	}
	ctx, cancel := context.WithCancel(parent)
	s := &settled{cancel: cancel}
	s.note(ctx)
	return s
}

func (s *settled) note(ctx context.Context) { s.err = ctx.Err() }

func SettleLeaks(parent context.Context, name string) error {
	s := settle(parent, name) // want `not released on every path`
	if s.err != nil {
		return s.err
	}
	s.cancel()
	return nil
}

// Err says why there is nothing.
func (a *attempt) Err() error { return a.err }

func (a *attempt) other() error { return errors.New("other") }

func ErrClean(parent context.Context, name string) error {
	a := try(parent, name)
	if err := a.Err(); err != nil {
		return err
	}
	a.cancel()
	return nil
}

func ErrLeaks(parent context.Context, name string) error {
	a := try(parent, name) // want `not released on every path`
	if err := a.other(); err != nil {
		return err
	}
	a.cancel()
	return nil
}

// named sets its result step by step.
func named(parent context.Context, name string) (a attempt) {
	a.ctx, a.cancel = context.WithCancel(parent)
	if name == "" {
		a.cancel()
		a.err = errors.New("no name")
		return
	}
	return a
}

func NamedClean(parent context.Context, name string) error {
	a := named(parent, name)
	if a.err != nil {
		return a.err
	}
	a.cancel()
	return nil
}

func NamedLeaks(parent context.Context, name string) error {
	a := named(parent, name) // want `not released on every path`
	if a.err != nil {
		return a.err
	}
	if name == "x" {
		return nil
	}
	a.cancel()
	return nil
}
