package lostpath

// "Publishing, unless another was first": what loses stays its maker's.

import (
	"context"
	"sync"
	"sync/atomic"
)

// Rooms have one context each.
type Rooms struct{ m sync.Map }

func (r *Rooms) Close() {
	r.m.Range(func(_, v any) bool {
		v.(context.CancelFunc)()
		return true
	})
}

func (r *Rooms) OpenClean(parent context.Context, name string, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	if _, loaded := r.m.LoadOrStore(name, cancel); loaded {
		cancel()
		return
	}
	go run(ctx)
}

func (r *Rooms) OpenLeaks(parent context.Context, name string, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if _, loaded := r.m.LoadOrStore(name, cancel); loaded {
		return
	}
	go run(ctx)
}

func (r *Rooms) UnaskedLeaks(parent context.Context, name string, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	r.m.LoadOrStore(name, cancel)
	go run(ctx)
}

// OtherClean has found the other, and ends its own.
func (r *Rooms) OtherClean(parent context.Context, name string) context.CancelFunc {
	ctx, cancel := context.WithCancel(parent)
	go func() { <-ctx.Done() }()
	other, loaded := r.m.LoadOrStore(name, cancel)
	if !loaded {
		return cancel
	}
	cancel()
	return other.(context.CancelFunc)
}

type published struct{ cancel context.CancelFunc }

// Link has one published at a time.
type Link struct{ cur atomic.Pointer[published] }

func (l *Link) Close() {
	if c := l.cur.Swap(nil); c != nil {
		c.cancel()
	}
}

func (l *Link) ConnectClean(parent context.Context, run func(context.Context)) bool {
	ctx, cancel := context.WithCancel(parent)
	if !l.cur.CompareAndSwap(nil, &published{cancel}) {
		cancel()
		return false
	}
	go run(ctx)
	return true
}

func (l *Link) ConnectLeaks(parent context.Context, run func(context.Context)) bool {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if !l.cur.CompareAndSwap(nil, &published{cancel}) {
		return false
	}
	go run(ctx)
	return true
}

func (l *Link) WinnerClean(parent context.Context, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	won := l.cur.CompareAndSwap(nil, &published{cancel})
	if won {
		go run(ctx)
	} else {
		cancel()
	}
}
