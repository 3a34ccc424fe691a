// Package cleanup returns functions that free what a context holds.
package cleanup

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Slots bounds concurrency.
type Slots chan struct{}

// Take takes a slot and returns the context of its holder.
func (s Slots) Take(ctx context.Context, hold time.Duration) (context.Context, func(), error) {
	select {
	case s <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(ctx, hold)
	return ctx, sync.OnceFunc(func() {
		cancel()
		<-s
	}), nil
}

// Stage prepares a part of an environment.
type Stage struct {
	Name  string
	Limit time.Duration
	Start func(ctx context.Context) error
}

// Up starts the stages in order; down ends them in reverse.
func Up(ctx context.Context, stages ...Stage) (down func(), err error) {
	down = func() {}
	for _, st := range stages {
		stageCtx, cancel := context.WithCancel(ctx)
		prev := down
		down = func() {
			cancel()
			prev()
		}
		if err := st.Start(stageCtx); err != nil {
			down()
			return nil, err
		}
	}
	return down, nil
}

// bound returns ctx itself where there is no limit.
func bound(ctx context.Context, d time.Duration) (_ context.Context, release func()) {
	if d == 0 {
		return ctx, func() {}
	}
	ctx, release = context.WithTimeout(ctx, d)
	return ctx, release
}

// Subscribe calls f for each value until the returned function is called.
func Subscribe[T any](ctx context.Context, in <-chan T, f func(context.Context, T)) (unsubscribe func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case v := <-in:
				f(ctx, v)
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// Check starts the stages and holds a slot while f checks them.
func Check(ctx context.Context, slots Slots, stages []Stage, f func(context.Context) error) (err error) {
	ctx, free, err := slots.Take(ctx, time.Minute)
	if err != nil {
		return err
	}
	defer free()
	down, err := Up(ctx, stages...)
	if err != nil {
		return err
	}
	defer func() {
		down()
		if err != nil {
			err = errors.Join(errors.New("check failed"), err)
		}
	}()
	for _, st := range stages {
		stCtx, release := bound(ctx, st.Limit)
		err := f(stCtx)
		release()
		if err != nil {
			return err
		}
	}
	return nil
}

// Collect returns the first n values.
func Collect[T any](ctx context.Context, in <-chan T, n int) []T {
	out := make(chan T)
	unsubscribe := Subscribe(ctx, in, func(ctx context.Context, v T) {
		select {
		case out <- v:
		case <-ctx.Done():
		}
	})
	defer unsubscribe()
	var vs []T
	for len(vs) < n {
		select {
		case v := <-out:
			vs = append(vs, v)
		case <-ctx.Done():
			return vs
		}
	}
	return vs
}
