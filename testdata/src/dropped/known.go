package dropped

// Silent where what is removed is known to be released: by the same literal, since
// its context is done, since a flag says so.

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Tries are the running tries of calls.
type Tries struct {
	mu      sync.Mutex
	last    int
	cancels map[int]context.CancelFunc
	limits  map[int]limited
	list    []*try
}

type limited struct{ cancel context.CancelFunc }

type try struct {
	began  time.Time
	cancel context.CancelFunc
	done   bool
}

// BeginClean returns a function that ends what it removes.
func (t *Tries) BeginClean(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	t.mu.Lock()
	t.last++
	id := t.last
	t.cancels[id] = cancel
	t.mu.Unlock()
	return ctx, func() {
		cancel()
		t.mu.Lock()
		delete(t.cancels, id)
		t.mu.Unlock()
	}
}

// BeginLeaks returns one that only removes it.
func (t *Tries) BeginLeaks(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	t.mu.Lock()
	t.last++
	id := t.last
	t.cancels[id] = cancel
	t.mu.Unlock()
	return ctx, func() {
		t.mu.Lock()
		delete(t.cancels, id) // want `\[dropped\]`
		t.mu.Unlock()
	}
}

// LimitClean removes what has ended.
func (t *Tries) LimitClean(parent context.Context) context.Context {
	t.last++
	id := t.last
	ctx, cancel := context.WithTimeout(parent, time.Minute)
	t.limits[id] = limited{cancel}
	context.AfterFunc(ctx, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.limits, id)
	})
	return ctx
}

// Interrupt ends all.
func (t *Tries) Interrupt() {
	for _, cancel := range t.cancels {
		cancel()
	}
	for _, l := range t.limits {
		l.cancel()
	}
}

// Add adds a try.
func (t *Tries) Add(parent context.Context) (context.Context, *try) {
	ctx, cancel := context.WithCancel(parent)
	x := &try{began: time.Now(), cancel: cancel}
	t.list = append(t.list, x)
	return ctx, x
}

// Settle says that a try is done.
func (t *Tries) Settle(x *try) {
	x.done = true
	x.cancel()
}

// PruneClean forgets what is done: whoever says so has released it.
func (t *Tries) PruneClean(now time.Time) {
	t.list = slices.DeleteFunc(t.list, func(x *try) bool { return x.done && now.Sub(x.began) > time.Hour })
}

// PruneLeaks forgets what is old.
func (t *Tries) PruneLeaks(now time.Time) {
	t.list = slices.DeleteFunc(t.list, func(x *try) bool { return now.Sub(x.began) > time.Hour }) // want `\[dropped\]`
}

// Jobs asks its jobs whether they are over.
type Jobs struct{ m map[string]*job }

type job struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (j *job) alive() bool { return j.ctx.Err() == nil }

func (j *job) never() bool { panic("not yet") }

func (j *Jobs) Start(parent context.Context, name string, run func(context.Context)) {
	if _, ok := j.m[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	j.m[name] = &job{ctx, cancel}
	go run(ctx)
}

func (j *Jobs) PruneClean() {
	for name, one := range j.m {
		if !one.alive() {
			delete(j.m, name)
		}
	}
}

func (j *Jobs) PruneLeaks() {
	for name, one := range j.m {
		if one.alive() {
			delete(j.m, name) // want `\[dropped\]`
		}
	}
}

func (j *Jobs) NeverClean() {
	for name, one := range j.m {
		if one.never() {
			delete(j.m, name)
		}
	}
}

func (j *Jobs) Stop() {
	for _, one := range j.m {
		one.cancel()
	}
}

func (j *job) ended() bool {
	select {
	case <-j.ctx.Done():
		return true
	default:
		return false
	}
}

func (j *job) going() bool {
	select {
	case <-j.ctx.Done():
		return false
	default:
	}
	return true
}

func (j *Jobs) SelectClean() {
	for name, one := range j.m {
		if one.ended() || !one.going() {
			delete(j.m, name)
		}
	}
}

func (j *Jobs) SelectLeaks() {
	for name, one := range j.m {
		if one.going() {
			delete(j.m, name) // want `\[dropped\]`
		}
	}
}
