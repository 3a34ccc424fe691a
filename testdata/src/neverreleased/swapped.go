package neverreleased

// "Taken out of an atomic.Value": by a swap, and called as what it is.

import (
	"context"
	"sync/atomic"
)

type Latest struct{ stop, last atomic.Value }

func NewLatest() *Latest {
	l := new(Latest)
	l.stop.Store(context.CancelFunc(func() {}))
	return l
}

func (l *Latest) SwapClean(parent context.Context, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	old := l.stop.Swap(cancel).(context.CancelFunc)
	old()
	go run(ctx)
}

func (l *Latest) StoreLeaks(parent context.Context, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `^cancel function of context.WithCancel is kept in the field last, which nothing ever calls`
	l.last.Store(cancel)
	go run(ctx)
}
