package unclosed

// The owner that a constructor returned is used and never released.

import "context"

// NeverLeaks gives one job.
func NeverLeaks(ctx context.Context, job string) error {
	w := NewWorker(ctx) // want `\[unclosed\]`
	return w.Do(job)
}

// DeferClean defers the Close.
func DeferClean(ctx context.Context, job string) error {
	w := NewWorker(ctx)
	defer w.Close()
	return w.Do(job)
}

// CloseLastClean closes at the end.
func CloseLastClean(ctx context.Context, job string) error {
	w := NewWorker(ctx)
	err := w.Do(job)
	w.Close()
	return err
}

// DeferClosureClean closes in a deferred closure, for its error.
func DeferClosureClean(ctx context.Context, job string) (err error) {
	w := NewWorker(ctx)
	defer func() {
		if cerr := w.Close(); err == nil {
			err = cerr
		}
	}()
	return w.Do(job)
}

// BlankLeaks starts a worker for its goroutine alone.
func BlankLeaks(ctx context.Context) {
	_ = NewWorker(ctx) // want `\[unclosed\]`
}

// ChainLeaks uses the result without giving it a name.
func ChainLeaks(ctx context.Context, job string) error {
	return NewWorker(ctx).Do(job) // want `\[unclosed\]`
}

// ChainClean closes the result without giving it a name.
func ChainClean(ctx context.Context) error {
	return NewWorker(ctx).Close()
}

// HelperLeaks passes the worker to a helper that uses it.
func HelperLeaks(ctx context.Context, jobs []string) error {
	w := NewWorker(ctx) // want `\[unclosed\]`
	return feed(w, jobs)
}

func feed(w *Worker, jobs []string) error {
	for _, job := range jobs {
		if err := w.Do(job); err != nil {
			return err
		}
	}
	return nil
}

// HelperClean passes the worker to a helper that closes it.
func HelperClean(ctx context.Context, jobs []string) error {
	w := NewWorker(ctx)
	return drain(w, jobs)
}

func drain(w *Worker, jobs []string) error {
	defer w.Close()
	return feed(w, jobs)
}

// GoroutineLeaks makes and uses the worker in a goroutine.
func GoroutineLeaks(ctx context.Context, jobs <-chan string) {
	go func() {
		w := NewWorker(ctx) // want `\[unclosed\]`
		for job := range jobs {
			_ = w.Do(job)
		}
	}()
}

// GoroutineClean closes it there.
func GoroutineClean(ctx context.Context, jobs <-chan string) {
	go func() {
		w := NewWorker(ctx)
		defer w.Close()
		for job := range jobs {
			_ = w.Do(job)
		}
	}()
}

// OtherGoroutineClean closes in the goroutine that uses the worker.
func OtherGoroutineClean(ctx context.Context, jobs <-chan string) {
	w := NewWorker(ctx)
	go func() {
		defer w.Close()
		for job := range jobs {
			_ = w.Do(job)
		}
	}()
}

// UnusedClosureLeaks has a closure that would close, and never runs it.
func UnusedClosureLeaks(ctx context.Context, job string) error {
	w := NewWorker(ctx) // want `\[unclosed\]`
	cleanup := func() { w.Close() }
	if cleanup == nil {
		return nil
	}
	return w.Do(job)
}

// ClosureClean runs it.
func ClosureClean(ctx context.Context, job string) error {
	w := NewWorker(ctx)
	cleanup := func() { w.Close() }
	defer cleanup()
	return w.Do(job)
}

// MethodValueClean defers a method value.
func MethodValueClean(ctx context.Context, job string) error {
	w := NewWorker(ctx)
	closeWorker := w.Close
	defer closeWorker()
	return w.Do(job)
}

// ValueLeaks never ends a span, which is a value and no pointer.
func ValueLeaks(ctx context.Context, f func(context.Context) error) error {
	ctx, span := StartSpan(ctx, "f") // want `\[unclosed\]`
	span.Rename("g")
	return f(ctx)
}

// ValueClean ends it.
func ValueClean(ctx context.Context, f func(context.Context) error) error {
	ctx, span := StartSpan(ctx, "f")
	defer span.End()
	span.Rename("g")
	return f(ctx)
}
