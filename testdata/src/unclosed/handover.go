package unclosed

// Silent where the owner is handed on: returned, kept in a place that is released, passed to unknown code.

import (
	"context"
	"sync"
	"testing"
)

// ReturnedClean returns the worker: the caller closes it.
func ReturnedClean(ctx context.Context, job string) (*Worker, error) {
	w := NewWorker(ctx)
	if err := w.Do(job); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// NotReturnedLeaks returns another worker than the one it has used.
func NotReturnedLeaks(ctx context.Context, job string) (*Worker, error) {
	w := NewWorker(ctx) // want `\[unclosed\]`
	if err := w.Do(job); err != nil {
		w.Close()
		return nil, err
	}
	return NewWorker(ctx), nil
}

// Named is a worker with a name.
type Named struct {
	Name   string
	Worker *Worker
}

// ReturnedInStructClean returns the worker in a struct.
func ReturnedInStructClean(ctx context.Context, name string) Named {
	w := NewWorker(ctx)
	return Named{Name: name, Worker: w}
}

// ReturnedEndClean returns the function that closes the worker.
func ReturnedEndClean(ctx context.Context) (do func(string) error, end func() error) {
	w := NewWorker(ctx)
	return w.Do, w.Close
}

// Keeper keeps workers and closes them in the end.
type Keeper struct {
	mu     sync.Mutex
	first  *Worker
	byName map[string]*Worker
	rest   []*Worker
	queue  chan *Worker
}

// NewKeeper returns a keeper of nothing.
func NewKeeper() *Keeper {
	return &Keeper{byName: make(map[string]*Worker), queue: make(chan *Worker, 1)}
}

// FieldClean stores a worker in a field, unless there is one.
func (k *Keeper) FieldClean(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first == nil {
		k.first = NewWorker(ctx)
	}
}

// MapClean stores a worker in a map, unless there is one.
func (k *Keeper) MapClean(ctx context.Context, name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byName[name] == nil {
		w := NewWorker(ctx)
		k.byName[name] = w
	}
}

// SliceClean stores a worker in a slice.
func (k *Keeper) SliceClean(ctx context.Context) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rest = append(k.rest, NewWorker(ctx))
}

// ChannelClean sends a worker to whoever closes it.
func (k *Keeper) ChannelClean(ctx context.Context) {
	w := NewWorker(ctx)
	k.queue <- w
}

// NextClean receives it.
func (k *Keeper) NextClean() *Worker { return <-k.queue }

// TriedLeaks stores a worker only if it has done the job.
func (k *Keeper) TriedLeaks(ctx context.Context, job string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := NewWorker(ctx) // want `\[unclosed\]`
	if w.Do(job) == nil {
		k.rest = append(k.rest, w)
	}
}

// TriedClean closes it if not.
func (k *Keeper) TriedClean(ctx context.Context, job string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	w := NewWorker(ctx)
	if w.Do(job) == nil {
		k.rest = append(k.rest, w)
	} else {
		w.Close()
	}
}

// Close closes all workers.
func (k *Keeper) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first != nil {
		k.first.Close()
	}
	for _, w := range k.byName {
		w.Close()
	}
	for _, w := range k.rest {
		w.Close()
	}
}

// CallbackClean passes the worker to a function value, which may close it.
func CallbackClean(ctx context.Context, use func(*Worker) error) error {
	w := NewWorker(ctx)
	return use(w)
}

// Host is given workers.
type Host interface {
	Adopt(w *Worker)
}

// HostClean passes the worker to an interface's method, which may close it.
func HostClean(ctx context.Context, h Host) {
	w := NewWorker(ctx)
	h.Adopt(w)
}

// TestClean has the test's cleanup close the worker.
func TestClean(tb testing.TB, ctx context.Context) *Keeper {
	w := NewWorker(ctx)
	tb.Cleanup(func() { w.Close() })
	if err := w.Do("job"); err != nil {
		tb.Error(err)
	}
	return NewKeeper()
}

// AfterClean has the end of another context stop the runner, or the caller.
func AfterClean(ctx, other context.Context) (end func()) {
	r := StartRunner(ctx)
	stop := context.AfterFunc(other, r.Stop)
	return func() {
		if stop() {
			r.Stop()
		}
	}
}

// SliceLocalClean closes all workers of a local slice.
func SliceLocalClean(ctx context.Context, jobs []string) {
	var workers []*Worker
	for range jobs {
		workers = append(workers, NewWorker(ctx))
	}
	for i, w := range workers {
		_ = w.Do(jobs[i])
		w.Close()
	}
}
