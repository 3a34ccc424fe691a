// Package breaker stops calling a server that fails.
package breaker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// ErrOpen is returned while the breaker is open.
var ErrOpen = errors.New("circuit breaker is open")

type trial struct {
	began  time.Time
	cancel context.CancelFunc
	done   bool
	failed bool
}

// Breaker guards one server.
type Breaker struct {
	Threshold int
	Window    time.Duration

	mu     sync.Mutex
	trials []*trial
	opened time.Time
}

// prune forgets trials that are done and out of the window.
func (b *Breaker) prune(now time.Time) {
	b.trials = slices.DeleteFunc(b.trials, func(t *trial) bool {
		return t.done && now.Sub(t.began) > b.Window
	})
}

func (b *Breaker) admit(ctx context.Context) (context.Context, *trial, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.prune(now)
	if !b.opened.IsZero() && now.Sub(b.opened) < b.Window {
		return nil, nil, ErrOpen
	}
	ctx, cancel := context.WithCancel(ctx)
	t := &trial{began: now, cancel: cancel}
	b.trials = append(b.trials, t)
	return ctx, t, nil
}

func (b *Breaker) settle(t *trial, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t.done, t.failed = true, err != nil
	t.cancel()
	failures := 0
	for _, t := range b.trials {
		if t.failed {
			failures++
		}
	}
	switch {
	case failures >= b.Threshold:
		b.opened = time.Now()
	case err == nil:
		b.opened = time.Time{}
	}
}

// Call calls f unless the breaker is open.
func (b *Breaker) Call(ctx context.Context, f func(context.Context) error) error {
	ctx, t, err := b.admit(ctx)
	if err != nil {
		return err
	}
	err = f(ctx)
	b.settle(t, err)
	return err
}

// Watch calls f over and over until ctx is done.
func (b *Breaker) Watch(ctx context.Context, every time.Duration, f func(context.Context) error) {
	for ctx.Err() == nil {
		_ = b.Call(ctx, f)
		time.Sleep(every)
	}
}

// Reset ends all calls and closes the breaker.
func (b *Breaker) Reset() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.trials {
		t.cancel()
	}
	b.trials = nil
	b.opened = time.Time{}
}
