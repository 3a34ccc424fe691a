package discarded

// Silent on "a parent that is cancelled on the same paths".

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// BothLeaks ends one child of parent; the other stays.
func BothLeaks(parent context.Context, fast, slow func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	limited, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	if err := fast(limited); err != nil {
		return err
	}
	return slow(ctx)
}

// BothClean derives one from the other, so that both end together.
func BothClean(parent context.Context, fast, slow func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	limited, _ := context.WithTimeout(ctx, time.Hour)
	if err := fast(limited); err != nil {
		return err
	}
	return slow(ctx)
}

type traceKey struct{}

// DetachedLeaks takes its child off the context that it cancels.
func DetachedLeaks(parent context.Context, trace string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	audit, _ := context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), traceKey{}, trace), time.Hour) // want `\[discarded\]`
	if err := do(audit); err != nil {
		return err
	}
	return do(ctx)
}

// DetachedClean puts only a value between the two.
func DetachedClean(parent context.Context, trace string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	audit, _ := context.WithTimeout(context.WithValue(ctx, traceKey{}, trace), time.Hour)
	if err := do(audit); err != nil {
		return err
	}
	return do(ctx)
}

func GroupParentLeaks(parent context.Context, a, b func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	limited, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
	g.Go(func() error { return a(limited) })
	g.Go(func() error { return b(ctx) })
	return g.Wait()
}

// GroupParentClean derives from the group's context, which Wait ends.
func GroupParentClean(parent context.Context, a, b func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	limited, _ := context.WithTimeout(ctx, time.Hour)
	g.Go(func() error { return a(limited) })
	g.Go(func() error { return b(ctx) })
	return g.Wait()
}

// TurnLeaks ends each turn's first context, but not its sibling.
func TurnLeaks(parent context.Context, names []string, do func(context.Context, string) error) error {
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent)
		probe, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
		err := do(probe, name)
		if err == nil {
			err = do(ctx, name)
		}
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func TurnClean(parent context.Context, names []string, do func(context.Context, string) error) error {
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent)
		probe, _ := context.WithTimeout(ctx, time.Hour)
		err := do(probe, name)
		if err == nil {
			err = do(ctx, name)
		}
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// TwoLimitsClean returns the parent's cancel function: it ends the child, too.
func TwoLimitsClean(parent context.Context, soft, hard time.Duration) (context.Context, context.Context, context.CancelFunc) {
	outer, cancel := context.WithTimeout(parent, hard)
	inner, _ := context.WithTimeout(outer, soft)
	return outer, inner, cancel
}

// ManyChildrenLeaks makes children as long as the parent lives.
func ManyChildrenLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) (context.Context, context.CancelFunc) {
	outer, cancel := context.WithCancel(parent)
	for s := range in {
		inner, _ := context.WithTimeout(outer, time.Hour) // want `\[discarded\]`
		do(inner, s)
	}
	return outer, cancel
}
