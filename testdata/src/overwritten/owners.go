package overwritten

// "An owner object in a field": what owns a cancel function is stored over
// without its release.

import (
	"context"

	"overwritten/dep"
)

// watch is a watch with its context.
type watch struct {
	events <-chan string
	cancel context.CancelFunc
}

type opener func(ctx context.Context, from int) <-chan string

func openWatch(parent context.Context, open opener, from int) *watch {
	ctx, cancel := context.WithCancel(parent)
	return &watch{events: open(ctx, from), cancel: cancel}
}

func (w *watch) close() {
	if w != nil {
		w.cancel()
	}
}

// follower opens its watch anew whenever it is told to.
type follower struct {
	open  opener
	watch *watch
}

func (f *follower) reopenLeaks(parent context.Context, from int) {
	f.watch = openWatch(parent, f.open, from) // want `\[overwritten\]`
}

func (f *follower) reopenClean(parent context.Context, from int) {
	f.watch.close()
	f.watch = openWatch(parent, f.open, from)
}

// reopenOldLastClean opens the new one before it closes the old one.
func (f *follower) reopenOldLastClean(parent context.Context, from int) {
	old := f.watch
	f.watch = openWatch(parent, f.open, from)
	old.close()
}

// Run follows until there are no more positions.
func (f *follower) Run(parent context.Context, positions <-chan int) {
	for from := range positions {
		f.reopenLeaks(parent, from)
	}
	f.watch.close()
}

// RunCarefully likewise.
func (f *follower) RunCarefully(parent context.Context, positions <-chan int) {
	for from := range positions {
		if from%2 == 0 {
			f.reopenClean(parent, from)
		} else {
			f.reopenOldLastClean(parent, from)
		}
	}
	f.watch.close()
}

// watches has one watch per name.
type watches struct {
	open   opener
	byName map[string]*watch
}

func (w *watches) Close() {
	for _, x := range w.byName {
		x.close()
	}
}

// AddLeaks is told of a name whenever it changes.
func (w *watches) AddLeaks(parent context.Context, names <-chan string) {
	for name := range names {
		w.byName[name] = openWatch(parent, w.open, 0) // want `\[overwritten\]`
	}
}

func (w *watches) AddClean(parent context.Context, names <-chan string) {
	for name := range names {
		w.byName[name].close()
		w.byName[name] = openWatch(parent, w.open, 0)
	}
}

func (w *watches) AddNewClean(parent context.Context, names <-chan string) {
	for name := range names {
		if _, ok := w.byName[name]; ok {
			continue
		}
		w.byName[name] = openWatch(parent, w.open, 0)
	}
}

// job is kept by value.
type job struct {
	name   string
	cancel context.CancelFunc
}

type worker struct {
	current job
	run     func(context.Context, string)
}

func (w *worker) Stop() {
	if w.current.cancel != nil {
		w.current.cancel()
	}
}

func (w *worker) WorkLeaks(parent context.Context, names <-chan string) {
	for name := range names {
		ctx, cancel := context.WithCancel(parent)
		w.current = job{name: name, cancel: cancel} // want `\[overwritten\]`
		go w.run(ctx, name)
	}
}

func (w *worker) WorkClean(parent context.Context, names <-chan string) {
	for name := range names {
		w.Stop()
		ctx, cancel := context.WithCancel(parent)
		w.current = job{name: name, cancel: cancel}
		go w.run(ctx, name)
	}
}

// reader reads from a subscription that another package makes.
type reader struct {
	sub      *dep.Subscription
	messages func(context.Context, string) <-chan string
}

func (r *reader) SubscribeLeaks(parent context.Context, topics <-chan string) {
	for topic := range topics {
		r.sub = dep.Subscribe(parent, topic, r.messages) // want `\[overwritten\]`
	}
}

func (r *reader) SubscribeClean(parent context.Context, topics <-chan string) {
	for topic := range topics {
		r.sub.Close()
		r.sub = dep.Subscribe(parent, topic, r.messages)
	}
}

// Close ends the last subscription.
func (r *reader) Close() { r.sub.Close() }
