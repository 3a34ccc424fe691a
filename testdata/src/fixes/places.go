// What a store or a removal would lose is released first.
package fixes

import (
	"context"
	"net/http"
	"sync"
)

type runner struct {
	mu      sync.Mutex
	root    context.Context
	cancel  context.CancelFunc
	cancels map[string]context.CancelFunc
	tasks   map[string]*task
	jobs    map[string]job
	queue   []context.CancelFunc
	work    func(context.Context) error
}

type task struct {
	name   string
	cancel context.CancelFunc
}

func (t *task) stop() { t.cancel() }

type job struct {
	n      int
	cancel context.CancelCauseFunc
}

func (r *runner) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := req.FormValue("name")
	switch name {
	case "":
		var ctx context.Context
		ctx, r.cancel = context.WithCancel(r.root) // the last one
		go r.work(ctx)
	case "task":
		ctx, cancel := context.WithCancel(r.root)
		r.tasks[name] = &task{name, cancel}
		go r.work(ctx)
	case "job":
		ctx, cancel := context.WithCancelCause(r.root)
		r.jobs[name] = job{1, cancel}
		go r.work(ctx)
	default:
		ctx, cancel := context.WithCancel(r.root)
		r.cancels[name] = cancel
		r.queue = append(r.queue, cancel)
		go r.work(ctx)
	}
}

func (r *runner) Forget(name string) {
	delete(r.cancels, name)
	delete(r.tasks, name)
	delete(r.jobs, name)
}

func (r *runner) Stop(name string) {
	if r.cancel != nil {
		r.cancel()
	}
	if cancel := r.cancels[name]; cancel != nil {
		cancel()
	}
	if t := r.tasks[name]; t != nil {
		t.stop()
	}
	if j, ok := r.jobs[name]; ok {
		j.cancel(nil)
	}
}

// loop runs one at a time.
func (r *runner) loop(parent context.Context, in <-chan string, run func(context.Context, string) error) {
	for s := range in {
		var ctx context.Context
		ctx, r.cancel = context.WithCancel(parent)
		_ = run(ctx, s)
	}
	r.cancel()
}

type cycle struct{ cancels []context.CancelFunc }

func (c *cycle) Add(parent context.Context, work func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	c.cancels = append(c.cancels, cancel)
	go work(ctx)
}

func (c *cycle) Close() {
	for _, cancel := range c.cancels {
		cancel()
	}
}

func (c *cycle) Reset() { // all
	c.cancels = c.cancels[:0]
}

func (c *cycle) Pop() { // the first
	c.cancels = c.cancels[1:]
}

func (c *cycle) Cut(i int) { // that one
	c.cancels = append(c.cancels[:i], c.cancels[i+1:]...)
}

// againLeaks assigns its variable twice.
func againLeaks(parent context.Context, long bool, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	if long {
		ctx, cancel = context.WithCancel(parent)
	}
	defer cancel()
	return do(ctx)
}

// No fix below.

// many runs all at once: to end the one of the turn before is too early.
func (r *runner) many(parent context.Context, in <-chan string, run func(context.Context, string)) {
	for s := range in {
		var ctx context.Context
		ctx, r.cancel = context.WithCancel(parent)
		go run(ctx, s)
	}
	r.cancel()
}

type chain struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// ServeHTTP derives the new context from the old one, which has to stay.
func (c *chain) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	c.ctx, c.cancel = context.WithCancel(c.ctx)
}

func (c *chain) Close() { c.cancel() }

// derivedLeaks does the same with variables.
func derivedLeaks(parent context.Context, long bool, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	if long {
		ctx, cancel = context.WithCancel(ctx)
	}
	defer cancel()
	return do(ctx)
}

// DropSome takes away more than one, of which nothing tells how many.
func (c *cycle) DropSome(n int) {
	c.cancels = c.cancels[n:]
}

// A member is stopped by a method that waits, which must not be called while
// others wait for the lock.
type member struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// Stop ends m and waits for it.
func (m *member) Stop() {
	m.cancel()
	<-m.done
}

func newMember(parent context.Context, work func(context.Context)) *member {
	ctx, cancel := context.WithCancel(parent)
	m := &member{cancel, make(chan struct{})}
	go func() {
		defer close(m.done)
		work(ctx)
	}()
	return m
}

type team struct {
	mu      sync.Mutex
	members map[string]*member
}

// Join replaces a member: only its context is ended.
func (t *team) Join(parent context.Context, name string, work func(context.Context)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.members[name] = newMember(parent, work)
}

func (t *team) Leave(name string) {
	t.mu.Lock()
	m := t.members[name]
	delete(t.members, name)
	t.mu.Unlock()
	if m != nil {
		m.Stop()
	}
}
