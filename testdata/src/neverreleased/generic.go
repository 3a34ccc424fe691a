package neverreleased

// A field of a generic type is one place for all its instances.

import "context"

// GenericLeaks runs a function on values of T.
type GenericLeaks[T any] struct {
	in     chan T
	cancel context.CancelFunc
}

// NewGenericLeaks starts calling f on what is sent.
func NewGenericLeaks[T any](parent context.Context, f func(T)) *GenericLeaks[T] {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	g := &GenericLeaks[T]{in: make(chan T), cancel: cancel}
	go g.loop(ctx, f)
	return g
}

func (g *GenericLeaks[T]) loop(ctx context.Context, f func(T)) {
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-g.in:
			f(v)
		}
	}
}

// Send sends v.
func (g *GenericLeaks[T]) Send(v T) { g.in <- v }

// GenericClean can be closed.
type GenericClean[T any] struct {
	in     chan T
	cancel context.CancelFunc
}

// NewGenericClean starts calling f on what is sent.
func NewGenericClean[T any](parent context.Context, f func(T)) *GenericClean[T] {
	ctx, cancel := context.WithCancel(parent)
	g := &GenericClean[T]{in: make(chan T), cancel: cancel}
	go g.loop(ctx, f)
	return g
}

func (g *GenericClean[T]) loop(ctx context.Context, f func(T)) {
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-g.in:
			f(v)
		}
	}
}

// Send sends v.
func (g *GenericClean[T]) Send(v T) { g.in <- v }

// Close ends the calls.
func (g *GenericClean[T]) Close() { g.cancel() }

// IntsClean closes one instance of a generic type through its field.
type IntsClean struct {
	sums box[int]
}

type box[T any] struct {
	v      T
	cancel context.CancelFunc
}

func newBox[T any](parent context.Context) box[T] {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return box[T]{cancel: cancel}
}

// NewIntsClean starts the work.
func NewIntsClean(parent context.Context) *IntsClean {
	return &IntsClean{sums: newBox[int](parent)}
}

// Close ends the work.
func (i *IntsClean) Close() int {
	i.sums.cancel()
	return i.sums.v
}
