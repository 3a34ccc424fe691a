package piledup

// "Putting back": what was there before comes back once the work under the new
// context is done.

import "context"

// Walker has the context of the level that it is at.
type Walker struct{ ctx context.Context }

func (w *Walker) stepClean(do func(context.Context)) {
	saved := w.ctx
	defer func() { w.ctx = saved }()
	w.ctx = context.WithValue(w.ctx, key{"level"}, 1)
	do(w.ctx)
}

func (w *Walker) argumentClean(do func(context.Context)) {
	defer func(saved context.Context) { w.ctx = saved }(w.ctx)
	w.ctx = context.WithValue(w.ctx, key{"level"}, 1)
	do(w.ctx)
}

func (w *Walker) pushClean() (pop func()) {
	saved := w.ctx
	w.ctx = context.WithValue(w.ctx, key{"level"}, 1)
	return func() { w.ctx = saved }
}

// stepLeaks defers something else.
func (w *Walker) stepLeaks(do func(context.Context)) {
	defer func() { do(w.ctx) }()
	w.ctx = context.WithValue(w.ctx, key{"level"}, 1) // want `\[piledup\]`
}

// againLeaks defers one more.
func (w *Walker) againLeaks(do func(context.Context)) {
	defer func() {
		w.ctx = context.WithValue(w.ctx, key{"done"}, true) // want `\[piledup\]`
	}()
	do(w.ctx)
}

// Walk goes on and on.
func (w *Walker) Walk(in <-chan func(context.Context)) {
	for do := range in {
		w.stepClean(do)
		w.argumentClean(do)
		pop := w.pushClean()
		do(w.ctx)
		pop()
		w.stepLeaks(do)
		w.againLeaks(do)
	}
}
