package piledup

// A cancel is deferred in a loop that need not end: all contexts wait for the end of the function.

import (
	"bufio"
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
	"sync"
	"time"

	"piledup/dep"
)

// ForeverLeaks defers in a loop without a condition.
func ForeverLeaks(parent context.Context, next func() string, do func(context.Context, string)) {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[piledup\]`
		defer cancel()
		do(ctx, next())
	}
}

// ForeverClean cancels at the end of each turn.
func ForeverClean(parent context.Context, next func() string, do func(context.Context, string)) {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		do(ctx, next())
		cancel()
	}
}

// ForeverLiteralClean defers in a function that ends with the turn.
func ForeverLiteralClean(parent context.Context, next func() string, do func(context.Context, string)) {
	for {
		func() {
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			defer cancel()
			do(ctx, next())
		}()
	}
}

// ConditionLeaks defers in a loop with a condition.
func ConditionLeaks(parent context.Context, r *bufio.Scanner, do func(context.Context, string) error) error {
	for r.Scan() {
		ctx, cancel := context.WithCancel(parent) // want `\[piledup\]`
		defer cancel()
		if err := do(ctx, r.Text()); err != nil {
			return err
		}
	}
	return r.Err()
}

// ConditionClean moved the turn to a function.
func ConditionClean(parent context.Context, r *bufio.Scanner, do func(context.Context, string) error) error {
	for r.Scan() {
		if err := turnClean(parent, r.Text(), do); err != nil {
			return err
		}
	}
	return r.Err()
}

func turnClean(parent context.Context, s string, do func(context.Context, string) error) error {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	return do(ctx, s)
}

// ChannelLeaks defers for every value of a channel.
func ChannelLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[piledup\]`
		defer cancel()
		do(ctx, s)
	}
}

// SliceClean defers for every value of a slice, and there are only so many.
func SliceClean(parent context.Context, in []string, do func(context.Context, string)) {
	for _, s := range in {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		defer cancel()
		do(ctx, s)
	}
}

// MapClean defers for every entry of a map.
func MapClean(parent context.Context, in map[string]int, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := context.WithTimeout(parent, time.Minute)
		defer cancel()
		do(ctx, s)
	}
}

// CountedClean defers n times.
func CountedClean(parent context.Context, n int, do func(context.Context, int)) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		do(ctx, i)
	}
}

// IntClean defers n times.
func IntClean(parent context.Context, n int, do func(context.Context, int)) {
	for i := range n {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		do(ctx, i)
	}
}

// NestedLeaks defers for every value of slices that never end.
func NestedLeaks(parent context.Context, batches <-chan []string, do func(context.Context, string)) {
	for batch := range batches {
		for _, s := range batch {
			ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[piledup\]`
			defer cancel()
			do(ctx, s)
		}
	}
}

// NestedClean has the slice in a function of its own.
func NestedClean(parent context.Context, batches <-chan []string, do func(context.Context, string)) {
	each := func(batch []string) {
		for _, s := range batch {
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			defer cancel()
			do(ctx, s)
		}
	}
	for batch := range batches {
		each(batch)
	}
}

// ClosureLeaks defers a closure that cancels.
func ClosureLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancelCause(parent) // want `\[piledup\]`
		var err error
		defer func() {
			cancel(err)
		}()
		err = do(ctx, s)
	}
}

// ClosureClean calls it at the end of the turn.
func ClosureClean(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancelCause(parent)
		end := func(err error) {
			cancel(err)
		}
		end(do(ctx, s))
	}
}

// RetryLeaks defers for each attempt, and there is no limit to these.
func RetryLeaks(parent context.Context, try func(context.Context) error) error {
	for {
		ctx, cancel := context.WithTimeout(parent, time.Second) // want `\[piledup\]`
		defer cancel()
		err := try(ctx)
		if err == nil || parent.Err() != nil {
			return err
		}
		time.Sleep(time.Second)
	}
}

// RetryClean returns what the one attempt that isn't refused makes.
func RetryClean(parent context.Context, ready func() bool, try func(context.Context) error) error {
	for {
		if !ready() {
			time.Sleep(time.Second)
			continue
		}
		ctx, cancel := context.WithTimeout(parent, time.Second)
		defer cancel()
		return try(ctx)
	}
}

// UncountedLeaks counts its turns but has no last one.
func UncountedLeaks(parent context.Context, try func(context.Context, int) error) error {
	for i := 0; ; i++ {
		ctx, cancel := context.WithTimeout(parent, time.Second) // want `\[piledup\]`
		defer cancel()
		if err := try(ctx, i); !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
}

// AttemptsClean has a last one.
func AttemptsClean(parent context.Context, try func(context.Context, int) error) error {
	for i := 0; i < 5; i++ {
		ctx, cancel := context.WithTimeout(parent, time.Second)
		defer cancel()
		if err := try(ctx, i); !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
	}
	return context.DeadlineExceeded
}

// SelectLeaks defers in one case of a select.
func SelectLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for {
		select {
		case <-parent.Done():
			return
		case s := <-in:
			ctx, cancel := context.WithTimeout(parent, time.Minute) // want `\[piledup\]`
			defer cancel()
			do(ctx, s)
		}
	}
}

// SelectReturnClean returns from that case.
func SelectReturnClean(parent context.Context, in <-chan string, tick <-chan time.Time, do func(context.Context, string)) {
	for {
		select {
		case <-parent.Done():
			return
		case <-tick:
			log.Print("waiting")
		case s := <-in:
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			defer cancel()
			do(ctx, s)
			return
		}
	}
}

// BreakClean leaves the loop right after.
func BreakClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		if s == "" {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		do(ctx, s)
		break
	}
	log.Print("done")
}

// LabelClean leaves the loop from inside a select.
func LabelClean(parent context.Context, in, quit <-chan string, do func(context.Context, string)) {
wait:
	for {
		select {
		case s := <-quit:
			log.Print(s)
			return
		case s := <-in:
			if s == "" {
				continue
			}
			ctx, cancel := context.WithCancel(parent)
			defer cancel()
			do(ctx, s)
			break wait
		}
	}
	log.Print("done")
}

// BeforeClean defers before the loop.
func BeforeClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	ctx, cancel := context.WithCancel(parent)
	defer cancel()
	for s := range in {
		do(ctx, s)
	}
}

// GoroutineClean defers in the goroutine of each value.
func GoroutineClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	var wg sync.WaitGroup
	for s := range in {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(parent, time.Minute)
			defer cancel()
			do(ctx, s)
		})
	}
	wg.Wait()
}

// SignalLeaks defers the stop of each notification.
func SignalLeaks(parent context.Context, reload func(context.Context) error) error {
	for parent.Err() == nil {
		ctx, stop := signal.NotifyContext(parent, os.Interrupt) // want `\[piledup\]`
		defer stop()
		if err := reload(ctx); err != nil {
			return err
		}
	}
	return nil
}

// SignalClean stops before the next turn.
func SignalClean(parent context.Context, reload func(context.Context) error) error {
	for parent.Err() == nil {
		ctx, stop := signal.NotifyContext(parent, os.Interrupt)
		err := reload(ctx)
		stop()
		if err != nil {
			return err
		}
	}
	return nil
}

// AfterFuncLeaks leaves a function on the parent for every value.
func AfterFuncLeaks(parent context.Context, in <-chan string, do func(string), abort func(string)) {
	for s := range in {
		stop := context.AfterFunc(parent, func() { abort(s) }) // want `\[piledup\]`
		defer stop()
		do(s)
	}
}

// AfterFuncClean takes it off.
func AfterFuncClean(parent context.Context, in <-chan string, do func(string), abort func(string)) {
	for s := range in {
		stop := context.AfterFunc(parent, func() { abort(s) })
		do(s)
		stop()
	}
}

// WrapperLeaks defers what a wrapper in another package returned.
func WrapperLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := dep.WithLimit(parent) // want `\[piledup\]`
		defer cancel()
		do(ctx, s)
	}
}

// WrapperClean calls it.
func WrapperClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for s := range in {
		ctx, cancel := dep.WithLimit(parent)
		do(ctx, s)
		cancel()
	}
}

// stream is an owner.
type stream struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func openStream(parent context.Context) *stream {
	s := &stream{}
	s.ctx, s.cancel = context.WithCancel(parent)
	return s
}

func (s *stream) close() { s.cancel() }

// OwnerLeaks defers the close of one stream a value.
func OwnerLeaks(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for v := range in {
		s := openStream(parent) // want `\[piledup\]`
		defer s.close()
		do(s.ctx, v)
	}
}

// OwnerClean closes it in the turn.
func OwnerClean(parent context.Context, in <-chan string, do func(context.Context, string)) {
	for v := range in {
		s := openStream(parent)
		do(s.ctx, v)
		s.close()
	}
}

// BothLeaks cancels early where the work fails, but not before the next turn.
func BothLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent) // want `\[piledup\]`
		defer cancel()
		if do(ctx, s) != nil {
			cancel()
			continue
		}
	}
}

// BothClean cancels before each turn ends; what is deferred is for panics.
func BothClean(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if do(ctx, s) != nil {
			cancel()
			continue
		}
		cancel()
	}
}

// BothLiteralLeaks does the same in a literal.
func BothLiteralLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent) // want `\[piledup\]`
		defer func() { cancel() }()
		if do(ctx, s) == nil {
			cancel()
		}
	}
}

// BothLiteralClean cancels on either branch.
func BothLiteralClean(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer func() { cancel() }()
		if do(ctx, s) == nil {
			cancel()
		} else {
			cancel()
			log.Print(s)
		}
	}
}

// ReturnLeaks returns where the work fails, and goes on otherwise.
func ReturnLeaks(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent) // want `\[piledup\]`
		defer cancel()
		if do(ctx, s) != nil {
			cancel()
			return
		}
	}
}

// ReturnClean goes on only after it cancelled; the deferred call is for the return.
func ReturnClean(parent context.Context, in <-chan string, do func(context.Context, string) error) {
	for s := range in {
		ctx, cancel := context.WithCancel(parent)
		defer cancel()
		if do(ctx, s) != nil {
			return
		}
		cancel()
	}
}
