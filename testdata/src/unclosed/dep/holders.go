package dep

import "context"

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
