package dropped

// Silent where "the object whose own key it is has been released before": an object
// enters itself, and removes itself by the key that it keeps.

import (
	"context"
	"sync"
)

// Post hands out subscriptions.
type Post struct {
	parent context.Context
	mu     sync.Mutex
	last   int
	subs   map[int]*letter
}

func NewPost(parent context.Context) *Post {
	return &Post{parent: parent, subs: make(map[int]*letter)}
}

type letter struct {
	id     int
	cancel context.CancelFunc
	post   *Post
	once   sync.Once
}

func (p *Post) Subscribe(run func(context.Context)) *letter {
	ctx, cancel := context.WithCancel(p.parent)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	l := &letter{id: p.last, cancel: cancel, post: p}
	p.subs[l.id] = l
	go run(ctx)
	return l
}

func (p *Post) removeClean(id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.subs, id)
}

// removeLeaks has callers that release nothing, or another.
func (p *Post) removeLeaks(id int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.subs, id) // want `\[dropped\]`
}

func (l *letter) CloseClean() {
	l.cancel()
	l.post.removeClean(l.id)
}

func (l *letter) CloseOnceClean() {
	l.once.Do(func() {
		l.cancel()
		l.post.removeClean(l.ID())
	})
}

func (l *letter) ID() int { return l.id }

func (l *letter) DeferredClean() {
	defer l.cancel()
	l.post.mu.Lock()
	defer l.post.mu.Unlock()
	delete(l.post.subs, l.id)
}

func (l *letter) ForgetLeaks() {
	l.post.mu.Lock()
	defer l.post.mu.Unlock()
	delete(l.post.subs, l.id) // want `\[dropped\]`
}

func (l *letter) ReplaceLeaks(other *letter) {
	l.cancel()
	l.post.removeLeaks(other.id)
}

// Kick ends the one with that number.
func (p *Post) Kick(id int) {
	p.mu.Lock()
	l := p.subs[id]
	p.mu.Unlock()
	if l != nil {
		l.CloseClean()
	}
}

// Feed keeps functions that end a subscription and take themselves out.
type Feed struct {
	parent context.Context
	mu     sync.Mutex
	last   int
	live   map[int]func()
}

func NewFeed(parent context.Context) *Feed {
	return &Feed{parent: parent, live: make(map[int]func())}
}

func (f *Feed) SubscribeClean(run func(context.Context)) func() {
	ctx, cancel := context.WithCancel(f.parent)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	id := f.last
	end := sync.OnceFunc(func() {
		cancel()
		f.mu.Lock()
		delete(f.live, id)
		f.mu.Unlock()
	})
	f.live[id] = end
	go run(ctx)
	return end
}

// SubscribeLeaks takes out, when run is over, what nobody has ended.
func (f *Feed) SubscribeLeaks(run func(context.Context)) {
	ctx, cancel := context.WithCancel(f.parent)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	id := f.last
	f.live[id] = cancel
	go func() {
		run(ctx)
		f.mu.Lock()
		delete(f.live, id) // want `\[dropped\]`
		f.mu.Unlock()
	}()
}

// Kick ends the one with that number.
func (f *Feed) Kick(id int) {
	f.mu.Lock()
	end := f.live[id]
	f.mu.Unlock()
	if end != nil {
		end()
	}
}

// Wire keeps objects whose close function takes them out, by way of the wire.
type Wire struct {
	parent context.Context
	mu     sync.Mutex
	last   int
	ends   map[int]*wireEnd
}

type wireEnd struct{ close func() }

func NewWire(parent context.Context) *Wire {
	return &Wire{parent: parent, ends: make(map[int]*wireEnd)}
}

func (w *Wire) Open(run func(context.Context)) func() {
	ctx, cancel := context.WithCancel(w.parent)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last++
	id := w.last
	e := new(wireEnd)
	e.close = func() {
		cancel()
		w.removeClean(id)
	}
	w.ends[id] = e
	go run(ctx)
	return e.close
}

func (w *Wire) removeClean(id int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ends, id)
}

// Cut ends the one with that number.
func (w *Wire) Cut(id int) {
	w.mu.Lock()
	e := w.ends[id]
	w.mu.Unlock()
	if e != nil {
		e.close()
	}
}
