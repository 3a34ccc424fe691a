package piledup

// A context is derived from itself on every turn of a loop: each one holds all those before it.

import (
	"context"
	"log"
	"strconv"
	"time"

	"piledup/dep"
)

type key struct{ name string }

// ValueLeaks wraps the context of all earlier events in another value.
func ValueLeaks(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = context.WithValue(ctx, key{"event"}, s) // want `\[piledup\]`
		do(ctx)
	}
}

// ValueShadowClean declares the turn's context anew, under the same name.
func ValueShadowClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx := context.WithValue(ctx, key{"event"}, s)
		do(ctx)
	}
}

// ValueOuterClean derives each from the outer one.
func ValueOuterClean(parent context.Context, in <-chan string, do func(context.Context)) {
	var ctx context.Context
	for s := range in {
		ctx = context.WithValue(parent, key{"event"}, s)
		do(ctx)
	}
}

// ValueResetClean begins each turn with the outer one.
func ValueResetClean(parent context.Context, in <-chan string, do func(context.Context)) {
	ctx := parent
	for s := range in {
		ctx = parent
		ctx = context.WithValue(ctx, key{"event"}, s)
		ctx = context.WithValue(ctx, key{"at"}, time.Now())
		do(ctx)
	}
}

// ValueSliceClean adds a value for each part of a slice, and there are only so many.
func ValueSliceClean(ctx context.Context, parts []string, do func(context.Context)) {
	for _, p := range parts {
		ctx = context.WithValue(ctx, key{p}, true)
	}
	do(ctx)
}

// OptionsClean lets each of a slice of functions derive.
func OptionsClean(ctx context.Context, opts []func(context.Context) context.Context) context.Context {
	for _, opt := range opts {
		ctx = opt(ctx)
	}
	return ctx
}

// NextTurnLeaks derives in a loop without a condition.
func NextTurnLeaks(ctx context.Context, next func(context.Context) (string, error)) error {
	for {
		s, err := next(ctx)
		if err != nil {
			return err
		}
		ctx = context.WithValue(ctx, key{"last"}, s) // want `\[piledup\]`
	}
}

// TimeoutLeaks cancels the turn's context and makes the next one under it.
func TimeoutLeaks(ctx context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Minute) // want `\[piledup\]`
		do(ctx, s)
		cancel()
	}
}

// TimeoutClean has another variable for the turn's context.
func TimeoutClean(ctx context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		turn, cancel := context.WithTimeout(ctx, time.Minute)
		do(turn, s)
		cancel()
	}
}

// TimeoutShadowClean declares both anew.
func TimeoutShadowClean(ctx context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		do(ctx, s)
		cancel()
	}
}

// CancelLeaks does it with WithCancel, in a select.
func CancelLeaks(ctx context.Context, in <-chan string, quit <-chan struct{}, do func(context.Context, string)) {
	for {
		select {
		case <-quit:
			return
		case s := <-in:
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx) // want `\[piledup\]`
			do(ctx, s)
			cancel()
		}
	}
}

// NextLeaks takes a second variable to come back to the first.
func NextLeaks(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		next := context.WithValue(ctx, key{"event"}, s) // want `\[piledup\]`
		do(next)
		ctx = next
	}
}

// NextClean doesn't come back.
func NextClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		next := context.WithValue(ctx, key{"event"}, s)
		do(next)
	}
}

func withEvent(ctx context.Context, s string) context.Context {
	return context.WithValue(ctx, key{"event"}, s)
}

// HelperLeaks derives through a helper.
func HelperLeaks(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = withEvent(ctx, s) // want `\[piledup\]`
		do(ctx)
	}
}

// HelperClean derives through it for the turn.
func HelperClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		do(withEvent(ctx, s))
	}
}

type events struct{ names []string }

// addEventClean derives a context where there is no list yet.
func addEventClean(ctx context.Context, s string) context.Context {
	if e, ok := ctx.Value(key{"events"}).(*events); ok {
		e.names = append(e.names, s)
		return ctx
	}
	return context.WithValue(ctx, key{"events"}, &events{names: []string{s}})
}

// FirstTimeClean derives at the first turn only.
func FirstTimeClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = addEventClean(ctx, s)
		do(ctx)
	}
}

// ImportedLeaks derives through a helper of another package.
func ImportedLeaks(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = dep.WithField(ctx, "event", s) // want `\[piledup\]`
		do(ctx)
	}
}

// ImportedSelectLeaks does so in a select that sees the end of what it derives.
func ImportedSelectLeaks(ctx context.Context, in <-chan int, do func(context.Context)) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-in:
			ctx = dep.WithField(ctx, "number", strconv.Itoa(n)) // want `\[piledup\]`
			do(ctx)
		}
	}
}

// ImportedClean derives through one that does so at the first turn only.
func ImportedClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		ctx = dep.SetField(ctx, "event", s)
		do(ctx)
	}
}

// ImportedTurnClean derives for the turn.
func ImportedTurnClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		turn := dep.WithField(ctx, "event", s)
		turn = dep.WithField(turn, "at", time.Now().String())
		do(turn)
	}
}

// OnceClean derives in the loop, and leaves it.
func OnceClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		if s == "begin" {
			ctx = context.WithValue(ctx, key{"event"}, s)
			break
		}
		log.Print("skipped ", s)
	}
	do(ctx)
}

// FlagClean derives in the loop at most once.
func FlagClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	named := false
	for s := range in {
		if !named {
			ctx = context.WithValue(ctx, key{"first"}, s)
			named = true
		}
		do(ctx)
	}
}

// GoroutineValueClean derives in the goroutine of each value.
func GoroutineValueClean(ctx context.Context, in <-chan string, do func(context.Context)) {
	for s := range in {
		go func() {
			ctx := context.WithValue(ctx, key{"event"}, s)
			do(ctx)
		}()
	}
}
