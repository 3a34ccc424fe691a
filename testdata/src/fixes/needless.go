// A context that is never canceled is its parent.
package fixes

import "context"

func inLoopLeaks(parent context.Context, names []string, do func(context.Context, string)) {
	for _, name := range names {
		ctx, _ := context.WithCancel(parent)
		do(ctx, name)
	}
}

func handedOnLeaks(parent context.Context) context.Context {
	ctx, _ := context.WithCancel(parent)
	return ctx
}

func itselfLeaks(ctx context.Context, work func(context.Context)) {
	ctx, _ = context.WithCancel(ctx)
	go work(ctx)
}

// causeNeedlessLeaks has two fixes: the first defers.
func causeNeedlessLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancelCause(parent)
	return do(ctx)
}

// No fix below: ctx would have another type.

type ownContext struct{ context.Context }

func ownTypeLeaks(parent ownContext, work func(context.Context)) {
	ctx, _ := context.WithCancel(parent)
	go work(ctx)
}
