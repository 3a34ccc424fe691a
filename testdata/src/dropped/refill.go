package dropped

// "The reset of a container": also where the function that empties it fills it again,
// and where a new one takes its place.

import "context"

// Endpoints polls what discovery finds.
type Endpoints struct {
	cancels []context.CancelFunc
	poll    func(context.Context, string)
}

func (e *Endpoints) SetLeaks(parent context.Context, names []string) {
	e.cancels = nil // want `\[dropped\]`
	for _, n := range names {
		ctx, cancel := context.WithCancel(parent)
		e.cancels = append(e.cancels, cancel)
		go e.poll(ctx, n)
	}
}

func (e *Endpoints) SetClean(parent context.Context, names []string) {
	for _, cancel := range e.cancels {
		cancel()
	}
	e.cancels = nil
	for _, n := range names {
		ctx, cancel := context.WithCancel(parent)
		e.cancels = append(e.cancels, cancel)
		go e.poll(ctx, n)
	}
}

func (e *Endpoints) CutLeaks(parent context.Context, names []string) {
	e.cancels = e.cancels[:0] // want `\[dropped\]`
	for _, n := range names {
		ctx, cancel := context.WithCancel(parent)
		e.cancels = append(e.cancels, cancel)
		go e.poll(ctx, n)
	}
}

func (e *Endpoints) AddClean(parent context.Context, names []string) {
	for _, n := range names {
		ctx, cancel := context.WithCancel(parent)
		e.cancels = append(e.cancels, cancel)
		go e.poll(ctx, n)
	}
}

// Reloader has hooks, new ones after each signal.
type Reloader struct {
	hooks []context.CancelFunc
	named map[string]context.CancelFunc
	run   func(context.Context)
}

func (r *Reloader) literalLeaks(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	r.hooks = []context.CancelFunc{cancel} // want `\[dropped\]`
	go r.run(ctx)
}

func (r *Reloader) madeLeaks(parent context.Context, names []string) {
	r.named = make(map[string]context.CancelFunc) // want `\[dropped\]`
	for _, n := range names {
		if _, twice := r.named[n]; twice {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		r.named[n] = cancel
		go r.run(ctx)
	}
}

func (r *Reloader) LoopLeaks(parent context.Context, changes <-chan []string) {
	for names := range changes {
		r.literalLeaks(parent)
		r.madeLeaks(parent, names)
	}
	r.stop()
}

func (r *Reloader) stop() {
	for _, cancel := range r.hooks {
		cancel()
	}
	for _, cancel := range r.named {
		cancel()
	}
}

// Starter is like Reloader, and starts once.
type Starter struct {
	hooks []context.CancelFunc
	named map[string]context.CancelFunc
	run   func(context.Context)
}

func (s *Starter) startClean(parent context.Context, names []string) {
	ctx, cancel := context.WithCancel(parent)
	s.hooks = []context.CancelFunc{cancel}
	go s.run(ctx)
	s.named = make(map[string]context.CancelFunc)
	for _, n := range names {
		if _, twice := s.named[n]; twice {
			continue
		}
		ctx, cancel := context.WithCancel(parent)
		s.named[n] = cancel
		go s.run(ctx)
	}
}

func NewStarter(parent context.Context, names []string, run func(context.Context)) *Starter {
	s := &Starter{run: run}
	s.startClean(parent, names)
	return s
}

// AgainClean starts over when all is over.
func (s *Starter) AgainClean(parent context.Context, changes <-chan []string) {
	for names := range changes {
		s.Stop()
		s.startClean(parent, names)
	}
}

func (s *Starter) Stop() {
	for _, cancel := range s.hooks {
		cancel()
	}
	for _, cancel := range s.named {
		cancel()
	}
}

// Targets has a loop for each URL.
type Targets struct {
	ctx    context.Context
	loops  map[string]*targetLoop
	scrape func(context.Context, string)
}

type targetLoop struct{ cancel context.CancelFunc }

func (t *Targets) start(url string) *targetLoop {
	ctx, cancel := context.WithCancel(t.ctx)
	go t.scrape(ctx, url)
	return &targetLoop{cancel}
}

// SyncLeaks carries over the loops that go on, and forgets the others.
func (t *Targets) SyncLeaks(urls []string) {
	next := make(map[string]*targetLoop)
	for _, u := range urls {
		if l, ok := t.loops[u]; ok {
			next[u] = l
		} else {
			next[u] = t.start(u)
		}
	}
	t.loops = next // want `\[dropped\]`
}

func (t *Targets) SyncClean(urls []string) {
	next := make(map[string]*targetLoop)
	for _, u := range urls {
		if l, ok := t.loops[u]; ok {
			next[u] = l
		} else {
			next[u] = t.start(u)
		}
	}
	for u, l := range t.loops {
		if _, ok := next[u]; !ok {
			l.cancel()
		}
	}
	t.loops = next
}

func (t *Targets) Stop() {
	for _, l := range t.loops {
		l.cancel()
	}
}
