package overwritten

// "A variable, field … that may hold a live cancel is stored over": a field of
// an object from a map, kubelet style. "Silent on `ctx.Err() != nil` guards."

import (
	"context"
	"sync"
)

type podStatus struct {
	working bool
	cancel  context.CancelFunc
}

type podWorkers struct {
	mu   sync.Mutex
	pods map[string]*podStatus
}

// StartLeaks stores over the function of the last sync of a known pod.
func (w *podWorkers) StartLeaks(parent context.Context, id string) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, ok := w.pods[id]
	if !ok {
		st = &podStatus{}
		w.pods[id] = st
	}
	var ctx context.Context
	ctx, st.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	st.working = true
	return ctx
}

// StartFirstClean has a fresh status under its hands.
func (w *podWorkers) StartFirstClean(parent context.Context, id string) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st, ok := w.pods[id]; ok {
		st.working = true
		return nil
	}
	st := &podStatus{}
	w.pods[id] = st
	var ctx context.Context
	ctx, st.cancel = context.WithCancel(parent)
	st.working = true
	return ctx
}

func (w *podWorkers) Kill(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st, ok := w.pods[id]; ok && st.cancel != nil {
		st.cancel()
	}
}

// reusedStatus has its context beside its function.
type reusedStatus struct {
	ctx    context.Context
	cancel context.CancelFunc
}

type reusingWorkers struct {
	mu   sync.Mutex
	pods map[string]*reusedStatus
}

func (w *reusingWorkers) StartClean(parent context.Context, id string) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, ok := w.pods[id]
	if !ok {
		st = &reusedStatus{}
		w.pods[id] = st
	}
	if st.ctx == nil || st.ctx.Err() != nil {
		st.ctx, st.cancel = context.WithCancel(parent)
	}
	return st.ctx
}

func (w *reusingWorkers) Kill(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st, ok := w.pods[id]; ok && st.cancel != nil {
		st.cancel()
	}
}

// wrongGuardStatus is asked the wrong question.
type wrongGuardStatus struct {
	ctx    context.Context
	cancel context.CancelFunc
}

type wrongGuardWorkers struct {
	mu   sync.Mutex
	pods map[string]*wrongGuardStatus
}

// StartLeaks asks whether the context to derive from is alive, not whether the
// old one is.
func (w *wrongGuardWorkers) StartLeaks(parent context.Context, id string) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	st, ok := w.pods[id]
	if !ok {
		st = &wrongGuardStatus{}
		w.pods[id] = st
	}
	if st.ctx == nil || parent.Err() == nil {
		st.ctx, st.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	}
	return st.ctx
}

func (w *wrongGuardWorkers) Kill(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if st, ok := w.pods[id]; ok && st.cancel != nil {
		st.cancel()
	}
}

// task is found by a method, not by an index expression in sight.
type task struct {
	cancel context.CancelFunc
}

type tasks struct{ byName map[string]*task }

func (t *tasks) get(name string) *task {
	if x, ok := t.byName[name]; ok {
		return x
	}
	x := &task{}
	t.byName[name] = x
	return x
}

func (t *tasks) RunLeaks(parent context.Context, name string, run func(context.Context)) {
	x := t.get(name)
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go run(ctx)
}

func (t *tasks) RunClean(parent context.Context, name string, run func(context.Context)) {
	x := t.get(name)
	if x.cancel != nil {
		x.cancel()
	}
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(parent)
	go run(ctx)
}

func (t *tasks) Stop(name string) {
	if x := t.get(name); x.cancel != nil {
		x.cancel()
	}
}

// locked is found by a method that unlocks as it returns.
type locked struct {
	mu     sync.Mutex
	byName map[string]*task
	all    []*task
}

func (l *locked) get(name string) *task {
	l.mu.Lock()
	defer l.mu.Unlock()
	x, ok := l.byName[name]
	if !ok {
		x = &task{}
		l.byName[name] = x
	}
	return x
}

// fresh makes a new one each time.
func (l *locked) fresh() *task {
	l.mu.Lock()
	defer l.mu.Unlock()
	x := &task{}
	l.all = append(l.all, x)
	return x
}

func (l *locked) RunLeaks(parent context.Context, name string, run func(context.Context)) {
	x := l.get(name)
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(parent) // want `\[overwritten\]`
	go run(ctx)
}

func (l *locked) RunClean(parent context.Context, run func(context.Context)) {
	x := l.fresh()
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(parent)
	go run(ctx)
}

func (l *locked) Stop(name string) {
	if x := l.get(name); x.cancel != nil {
		x.cancel()
	}
}

func (l *locked) StopAll() {
	for _, x := range l.all {
		x.cancel()
	}
}
