package overwritten

// Silent where the place is not met with a live value: another key on each turn,
// callers that release first, objects that are just made.

import "context"

type part struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Parts are started together.
type Parts struct {
	byName map[string]part
	main   *part
	input  map[string]context.CancelFunc
}

// StartClean gives each entry its context: no entry is met twice.
func (p *Parts) StartClean(parent context.Context) {
	for name, x := range p.byName {
		x.ctx, x.cancel = context.WithCancel(parent)
		p.byName[name] = x
	}
}

// Stop ends all.
func (p *Parts) Stop() {
	for _, x := range p.byName {
		x.cancel()
	}
	for _, cancel := range p.input {
		cancel()
	}
	p.main.cancel()
}

func startPart(parent context.Context) *part {
	p := &part{}
	p.ctx, p.cancel = context.WithCancel(parent)
	return p
}

// NewParts sets the main part by a method of its own.
func NewParts(parent context.Context) *Parts {
	p := &Parts{byName: make(map[string]part), input: make(map[string]context.CancelFunc)}
	p.initClean(startPart(parent))
	return p
}

func (p *Parts) initClean(main *part) { p.main = main }

// ReadClean ends all inputs before it starts any.
func (p *Parts) ReadClean(parent context.Context, names []string, read func(context.Context, string)) {
	for name, cancel := range p.input {
		cancel()
		delete(p.input, name)
	}
	for _, name := range names {
		p.open(parent, name, read)
	}
}

func (p *Parts) open(parent context.Context, name string, read func(context.Context, string)) {
	ctx, cancel := context.WithCancel(parent)
	p.input[name] = cancel
	go read(ctx, name)
}

// Inputs are opened whenever they are announced.
type Inputs struct{ cancels map[string]context.CancelFunc }

// FollowLeaks opens again what is open.
func (p *Inputs) FollowLeaks(parent context.Context, names <-chan string, read func(context.Context, string)) {
	for name := range names {
		p.open(parent, name, read)
	}
}

func (p *Inputs) open(parent context.Context, name string, read func(context.Context, string)) {
	ctx, cancel := context.WithCancel(parent)
	p.cancels[name] = cancel // want `\[overwritten\]`
	go read(ctx, name)
}

// Stop ends all.
func (p *Inputs) Stop() {
	for _, cancel := range p.cancels {
		cancel()
	}
}

// Writes can be stopped for a while.
type Writes struct{ on *part }

// NewWrites returns writes that are on.
func NewWrites(parent context.Context) *Writes { return &Writes{on: startPart(parent)} }

func (w *Writes) block() { w.on.cancel() }

func (w *Writes) unblockClean(parent context.Context) { w.on = startPart(parent) }

// Drop does something while writes are off.
func (w *Writes) Drop(parent context.Context, do func()) {
	w.block()
	defer w.unblockClean(parent)
	do()
}

// Prepare turns writes off, until its result is called.
func (w *Writes) Prepare(parent context.Context) func() {
	w.block()
	return func() { w.unblockClean(parent) }
}

// Watcher has a channel wherever it has a cancel function.
type Watcher struct {
	events <-chan string
	cancel context.CancelFunc
}

func (w *Watcher) active() bool { return w.events != nil }

func (w *Watcher) startClean(watch func(context.Context) (<-chan string, error)) error {
	ctx, cancel := context.WithCancel(context.Background())
	events, err := watch(ctx)
	if err != nil {
		cancel()
		return err
	}
	w.events, w.cancel = events, cancel
	return nil
}

func (w *Watcher) stop() {
	w.cancel()
	for range w.events {
	}
	w.events, w.cancel = nil, nil
}

// Loop starts it where it is not active.
func (w *Watcher) Loop(again <-chan struct{}, failed func(string) bool, watch func(context.Context) (<-chan string, error)) {
	for {
		if !w.active() {
			_ = w.startClean(watch)
		}
		select {
		case <-again:
		case e := <-w.events:
			if failed(e) {
				w.stop()
			}
		}
	}
}
