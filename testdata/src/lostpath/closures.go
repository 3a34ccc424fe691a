package lostpath

// "Closures (a closure that must-call a captured cancel is itself a carrier)":
// those that run, that are returned or stored, and goroutines.

import (
	"context"
	"log"
	"sync"
	"testing"
	"time"
)

func CleanupLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	cleanup := func() {
		log.Print("cleaning up")
		cancel()
	}
	if err := check(); err != nil {
		return err
	}
	err := do(ctx)
	cleanup()
	return err
}

func CleanupClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	cleanup := func() {
		log.Print("cleaning up")
		cancel()
	}
	if err := check(); err != nil {
		cleanup()
		return err
	}
	err := do(ctx)
	cleanup()
	return err
}

// OnceLeaks runs its once past an early return.
func OnceLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	var once sync.Once
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := check(); err != nil {
		return err
	}
	defer once.Do(cancel)
	return do(ctx)
}

func OnceClean(parent context.Context, check func() error, do func(context.Context) error) error {
	var once sync.Once
	ctx, cancel := context.WithCancel(parent)
	defer once.Do(cancel)
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

func OnceFuncLeaks(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	stop := sync.OnceFunc(cancel)
	if err := check(); err != nil {
		return err
	}
	defer stop()
	return do(ctx)
}

func OnceFuncClean(parent context.Context, check func() error, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	stop := sync.OnceFunc(cancel)
	defer stop()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

// HarnessClean gives its function to the test.
func HarnessClean(t testing.TB, parent context.Context) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(parent)
	t.Cleanup(cancel)
	return ctx
}

func HarnessLeaks(t testing.TB, parent context.Context, start func(context.Context) bool) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if !start(ctx) {
		t.Error("no start")
		return nil
	}
	t.Cleanup(cancel)
	return ctx
}

// GraceClean lets its context live a little longer.
func GraceClean(parent context.Context, grace time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	err := do(ctx)
	time.AfterFunc(grace, cancel)
	return err
}

func GraceLeaks(parent context.Context, grace time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	err := do(ctx)
	if grace > 0 {
		time.AfterFunc(grace, cancel)
	}
	return err
}

// server's work ends with the server or with the request for it.
type server struct {
	ctx  context.Context
	stop context.CancelFunc
}

func newServer(parent context.Context) *server {
	s := &server{}
	s.ctx, s.stop = context.WithCancel(parent)
	return s
}

func (s *server) Close() { s.stop() }

func (s *server) MergeClean(request context.Context, work func(context.Context)) {
	ctx, cancel := context.WithCancel(s.ctx)
	context.AfterFunc(request, cancel)
	go work(ctx)
}

// MergeLeaks has the work end with the request only if it is urgent.
func (s *server) MergeLeaks(request context.Context, urgent bool, work func(context.Context)) {
	ctx, cancel := context.WithCancel(s.ctx) // want `\[lostpath\]`
	if urgent {
		context.AfterFunc(request, cancel)
	}
	go work(ctx)
}

// WorkerClean's goroutine cancels when it ends.
func (s *server) WorkerClean(in <-chan string, work func(context.Context, string) error) {
	ctx, cancel := context.WithCancel(s.ctx)
	go func() {
		defer cancel()
		for m := range in {
			if err := work(ctx, m); err != nil {
				log.Print(err)
				return
			}
		}
	}()
}

// WorkerLeaks's goroutine cancels at one of its two ends.
func (s *server) WorkerLeaks(in <-chan string, work func(context.Context, string) error) {
	ctx, cancel := context.WithCancel(s.ctx) // want `\[lostpath\]`
	go func() {
		for m := range in {
			if err := work(ctx, m); err != nil {
				log.Print(err)
				return
			}
		}
		cancel()
	}()
}

// WatchLeaks waits on a channel that may never be closed.
func WatchLeaks(parent context.Context, never <-chan struct{}, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	go func() {
		<-never
		cancel()
	}()
	return do(ctx)
}

// WatchClean waits on a channel that it closes itself.
func WatchClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	done := make(chan struct{})
	defer close(done)
	go func() {
		<-done
		cancel()
	}()
	return do(ctx)
}

// HalfClosedMissed closes its channel when all has gone well.
func HalfClosedMissed(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // missed: paths on which its own channel is closed are not told apart
	done := make(chan struct{})
	go func() {
		<-done
		cancel()
	}()
	if err := do(ctx); err != nil {
		return err
	}
	close(done)
	return nil
}

func BothClosedClean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	done := make(chan struct{})
	go func() {
		<-done
		cancel()
	}()
	if err := do(ctx); err != nil {
		close(done)
		return err
	}
	close(done)
	return nil
}

// WaitGroupClean cancels when those that use the context are done.
func WaitGroupClean(parent context.Context, work []func(context.Context)) context.Context {
	ctx, cancel := context.WithCancel(parent)
	var wg sync.WaitGroup
	for _, w := range work {
		wg.Go(func() { w(ctx) })
	}
	go func() {
		wg.Wait()
		cancel()
	}()
	return ctx
}

// ReturnedClean gives its caller a function that cancels.
func ReturnedClean(parent context.Context, start func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(parent)
	go start(ctx)
	return func() {
		log.Print("stopping")
		cancel()
	}
}

// ReturnedLeaks gives its caller such a function only if there was no error.
func ReturnedLeaks(parent context.Context, start func(context.Context) error) (stop func(), err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return nil, err
	}
	return func() {
		log.Print("stopping")
		cancel()
	}, nil
}

// hooks runs its functions when it shuts down.
type hooks struct{ onStop []func() error }

func (h *hooks) Shutdown() {
	for _, f := range h.onStop {
		if err := f(); err != nil {
			log.Print(err)
		}
	}
	h.onStop = nil
}

func (h *hooks) StoredClean(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	h.onStop = append(h.onStop, func() error {
		cancel()
		return nil
	})
	return start(ctx)
}

func (h *hooks) StoredLeaks(parent context.Context, start func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	if err := start(ctx); err != nil {
		return err
	}
	h.onStop = append(h.onStop, func() error {
		cancel()
		return nil
	})
	return nil
}

// inTurn releases each.
func inTurn(all map[int]context.CancelFunc) {
	for k, cancel := range all {
		cancel()
		delete(all, k)
	}
}

// CountedKeysClean stores under another key on each turn.
func CountedKeysClean(parent context.Context, use func(context.Context)) {
	all := make(map[int]context.CancelFunc)
	for i := range 2 {
		ctx, cancel := context.WithCancel(parent)
		all[i] = cancel
		use(ctx)
	}
	for _, cancel := range all {
		cancel()
	}
}

// CountedKeysLeaks goes over the first alone.
func CountedKeysLeaks(parent context.Context, use func(context.Context)) {
	all := make(map[int]context.CancelFunc)
	for i := range 2 {
		ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
		all[i] = cancel
		use(ctx)
	}
	if cancel, ok := all[5]; ok {
		cancel()
	}
}

// ConstantKeyClean goes over a map whose key is known.
func ConstantKeyClean(parent context.Context, use func(context.Context)) {
	all := make(map[string]context.CancelFunc)
	ctx, cancel := context.WithCancel(parent)
	all["only"] = cancel
	use(ctx)
	for _, f := range all {
		f()
	}
}

// ConstantKeyLeaks only counts.
func ConstantKeyLeaks(parent context.Context, use func(context.Context)) (n int) {
	all := make(map[string]context.CancelFunc)
	ctx, cancel := context.WithCancel(parent) // want `\[(discarded|lostpath)\]`
	all["only"] = cancel
	use(ctx)
	for range all {
		n++
	}
	return n
}

// DeferredInTurnsClean defers, on each turn, a call that has the function of
// that turn.
func DeferredInTurnsClean(parent context.Context, use func(context.Context), n int) {
	for range n {
		var all map[int]context.CancelFunc
		ctx, cancel := context.WithCancel(parent)
		all = map[int]context.CancelFunc{0: cancel}
		defer inTurn(all)
		use(ctx)
	}
}

// DeferredLateClean captures a variable of the turn.
func DeferredLateClean(parent context.Context, use func(context.Context), n int, b bool) {
	for range n {
		var stop context.CancelFunc
		if b {
			_, stop = context.WithCancel(parent)
		}
		defer func() {
			if stop != nil {
				stop()
			}
		}()
		use(parent)
	}
}

// DeferredInTurnsLeaks defers a call that has only the number.
func DeferredInTurnsLeaks(parent context.Context, use func(context.Context), n int) {
	for i := range n {
		ctx, cancel := context.WithCancel(parent) // want `\[(discarded|lostpath)\]`
		_ = cancel
		defer func() { _ = i }()
		use(ctx)
	}
}

// NestedAssignLeaks has a function literal inside another one put something else
// in place of the release.
func NestedAssignLeaks(parent context.Context, quiet bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[(lostpath|overwritten)\]`
	stop := func() { cancel() }
	forget := func() {
		func() { stop = func() {} }()
	}
	do(ctx)
	if quiet {
		forget()
	}
	stop()
}

func NestedAssignClean(parent context.Context, quiet bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	stop := func() { cancel() }
	forget := func() {
		func() { quiet = false }()
	}
	do(ctx)
	if quiet {
		forget()
	}
	stop()
}

// NestedCallLeaks has a function literal inside another one call the one that
// releases, and not on every path.
func NestedCallLeaks(parent context.Context, quiet bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	stop := func() { cancel() }
	finish := func() {
		func() { stop() }()
	}
	do(ctx)
	if !quiet {
		finish()
	}
}

func NestedCallClean(parent context.Context, quiet bool, do func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	stop := func() { cancel() }
	finish := func() {
		func() { stop() }()
	}
	do(ctx)
	if !quiet {
		do(parent)
	}
	finish()
}
