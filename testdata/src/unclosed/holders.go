package unclosed

// "What an owner makes ends with it": its context derives from the owner's.

import (
	"context"

	"unclosed/dep"
)

// Net makes walks.
type Net struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func Listen(parent context.Context) *Net {
	n := new(Net)
	n.ctx, n.cancel = context.WithCancel(parent)
	return n
}

func (n *Net) Close() { n.cancel() }

// Walk goes from node to node.
type Walk struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (n *Net) Walk(step func(context.Context)) *Walk {
	w := new(Walk)
	w.ctx, w.cancel = context.WithCancel(n.ctx)
	go step(w.ctx)
	return w
}

func (w *Walk) Next() bool { return w.ctx.Err() == nil }
func (w *Walk) Close()     { w.cancel() }

func OneWalkClean(parent context.Context, step func(context.Context)) bool {
	n := Listen(parent)
	defer n.Close()
	return n.Walk(step).Next()
}

func OneWalkLeaks(n *Net, step func(context.Context)) bool {
	return n.Walk(step).Next() // want `\[unclosed\]`
}

// walkOf is a way around.
func walkOf(n *Net, step func(context.Context)) *Walk { return n.Walk(step) }

func ByHelperClean(parent context.Context, step func(context.Context)) bool {
	n := Listen(parent)
	defer n.Close()
	return walkOf(n, step).Next()
}

type walker interface {
	Walk(func(context.Context)) *Walk
}

// KeptClean gives the owner away as well.
func KeptClean(parent context.Context, step func(context.Context), keep func(walker)) bool {
	n := Listen(parent)
	defer n.Close()
	keep(n)
	return n.Walk(step).Next()
}

// MaybeLeaks does not always close it.
func MaybeLeaks(parent context.Context, step func(context.Context)) bool {
	n := Listen(parent)  // want `\[unclosed\]`
	more := n.Walk(step) // want `\[unclosed\]`
	if !more.Next() {
		return false
	}
	n.Close()
	return true
}

func FromAnotherClean(parent context.Context, step func(context.Context)) bool {
	n := dep.Listen(parent)
	defer n.Close()
	return n.Walk(step).Next()
}

func FromAnotherLeaks(n *dep.Net, step func(context.Context)) bool {
	return n.Walk(step).Next() // want `\[unclosed\]`
}
