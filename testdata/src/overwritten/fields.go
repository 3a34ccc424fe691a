package overwritten

// "A field is its types.Var by Origin(), so that generics, embedding and
// pointer or value receivers all meet at one place."

import "context"

// lane is nested two fields deep.
type lane struct {
	state struct {
		run struct {
			cancel context.CancelFunc
		}
	}
	work func(context.Context, string)
}

func (l *lane) Stop() {
	if l.state.run.cancel != nil {
		l.state.run.cancel()
	}
}

func (l *lane) NestedLeaks(parent context.Context, in <-chan string) {
	for s := range in {
		var ctx context.Context
		ctx, l.state.run.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go l.work(ctx, s)
	}
}

func (l *lane) NestedClean(parent context.Context, in <-chan string) {
	for s := range in {
		if l.state.run.cancel != nil {
			l.state.run.cancel()
		}
		var ctx context.Context
		ctx, l.state.run.cancel = context.WithCancel(parent)
		go l.work(ctx, s)
	}
}

// stopper is embedded by value and by pointer.
type stopper struct{ cancel context.CancelFunc }

func (s *stopper) Stop() {
	if s.cancel != nil {
		s.cancel()
	}
}

type byValue struct {
	stopper
	work func(context.Context, string)
}

func (b *byValue) EmbeddedLeaks(parent context.Context, in <-chan string) {
	for s := range in {
		var ctx context.Context
		ctx, b.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go b.work(ctx, s)
	}
}

// EmbeddedClean stops by the promoted method.
func (b *byValue) EmbeddedClean(parent context.Context, in <-chan string) {
	for s := range in {
		b.Stop()
		var ctx context.Context
		ctx, b.cancel = context.WithCancel(parent)
		go b.work(ctx, s)
	}
}

type byPointer struct {
	*stopper
	work func(context.Context, string)
}

func (b *byPointer) EmbeddedPointerLeaks(parent context.Context, in <-chan string) {
	for s := range in {
		var ctx context.Context
		ctx, b.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go b.work(ctx, s)
	}
}

func (b *byPointer) EmbeddedPointerClean(parent context.Context, in <-chan string) {
	for s := range in {
		b.stopper.Stop()
		var ctx context.Context
		ctx, b.cancel = context.WithCancel(parent)
		go b.work(ctx, s)
	}
}

// ticket is a value; what it points to is shared by all its copies.
type ticket struct {
	state *stopper
	work  func(context.Context, string)
}

func (t ticket) useLeaks(parent context.Context, s string) {
	var ctx context.Context
	ctx, t.state.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go t.work(ctx, s)
}

func (t ticket) useClean(parent context.Context, s string) {
	t.state.Stop()
	var ctx context.Context
	ctx, t.state.cancel = context.WithCancel(parent)
	go t.work(ctx, s)
}

// UseTicket uses one ticket again and again.
func UseTicket(parent context.Context, t ticket, in <-chan string, careful bool) {
	defer t.state.Stop()
	for s := range in {
		if careful {
			t.useClean(parent, s)
		} else {
			t.useLeaks(parent, s)
		}
	}
}

// slot holds one value at a time, with the context of its watcher.
type slot[T any] struct {
	value  T
	cancel context.CancelFunc
}

func (s *slot[T]) Close() {
	if s.cancel != nil {
		s.cancel()
	}
}

func (s *slot[T]) FillLeaks(parent context.Context, in <-chan T, watch func(context.Context, T)) {
	for v := range in {
		var ctx context.Context
		ctx, s.cancel = context.WithCancel(parent) // want `\[overwritten\]`
		s.value = v
		go watch(ctx, v)
	}
}

func (s *slot[T]) FillClean(parent context.Context, in <-chan T, watch func(context.Context, T)) {
	for v := range in {
		s.Close()
		var ctx context.Context
		ctx, s.cancel = context.WithCancel(parent)
		s.value = v
		go watch(ctx, v)
	}
}

// fillWordsLeaks stores into one instance of the generic type.
func fillWordsLeaks(parent context.Context, s *slot[string], words <-chan string, watch func(context.Context)) {
	for w := range words {
		ctx, cancel := context.WithCancel(parent)
		s.value, s.cancel = w, cancel // want `\[overwritten\]`
		go watch(ctx)
	}
	s.Close()
}

func fillWordsClean(parent context.Context, s *slot[string], words <-chan string, watch func(context.Context)) {
	for w := range words {
		ctx, cancel := context.WithCancel(parent)
		s.Close()
		s.value, s.cancel = w, cancel
		go watch(ctx)
	}
	s.Close()
}

// restartLeaks stores into its argument.
func restartLeaks(parent context.Context, s *stopper, work func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	s.cancel = cancel // want `\[overwritten\]`
	go work(ctx)
}

func restartClean(parent context.Context, s *stopper, work func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	s.Stop()
	s.cancel = cancel
	go work(ctx)
}

// Keep restarts the work whenever there is a tick.
func Keep(parent context.Context, s *stopper, ticks <-chan struct{}, careful bool, work func(context.Context)) {
	for range ticks {
		if careful {
			restartClean(parent, s, work)
		} else {
			restartLeaks(parent, s, work)
		}
	}
	s.Stop()
}
