// Package async runs functions in the background.
package async

import (
	"context"
	"errors"
	"time"
)

// Func is what a task runs.
type Func[T any] func(context.Context) (T, error)

// Task is a function in the background.
type Task[T any] struct {
	scope
	done  chan struct{}
	value T
	err   error
	time  time.Duration
}

// Go runs f in the background, for limit at most.
func Go[T any](ctx context.Context, limit time.Duration, f Func[T]) *Task[T] {
	t := &Task[T]{scope: newScope(ctx, limit), done: make(chan struct{})}
	go t.run(f)
	return t
}

func (t *Task[T]) run(f Func[T]) {
	defer close(t.done)
	defer t.cancel()
	t.value, t.err = f(t.ctx)
	t.time = t.took()
}

// Await waits for the result.
func (t *Task[T]) Await() (T, error) {
	<-t.done
	return t.value, t.err
}

// Time returns how long the function took, once it is done.
func (t *Task[T]) Time() time.Duration {
	<-t.done
	return t.time
}

// All runs all functions at once and waits for the results.
func All[T any](ctx context.Context, limit time.Duration, fs ...Func[T]) ([]T, error) {
	var tasks []*Task[T]
	for _, f := range fs {
		tasks = append(tasks, Go(ctx, limit, f))
	}
	values := make([]T, len(fs))
	errs := make([]error, len(fs))
	for i, t := range tasks {
		values[i], errs[i] = t.Await()
	}
	return values, errors.Join(errs...)
}
