package unclosed

// The owner is released on some paths, and on others not.

import (
	"context"
	"errors"
	"log"
)

var errEmpty = errors.New("empty")

// EarlyReturnLeaks returns before the Close.
func EarlyReturnLeaks(ctx context.Context, jobs []string) error {
	w := NewWorker(ctx) // want `\[unclosed\]`
	if len(jobs) == 0 {
		return errEmpty
	}
	defer w.Close()
	return feed(w, jobs)
}

// EarlyReturnClean returns before there is a worker.
func EarlyReturnClean(ctx context.Context, jobs []string) error {
	if len(jobs) == 0 {
		return errEmpty
	}
	w := NewWorker(ctx)
	defer w.Close()
	return feed(w, jobs)
}

// UseFailsLeaks returns the error of the first use.
func UseFailsLeaks(ctx context.Context, job string) error {
	w := NewWorker(ctx) // want `\[unclosed\]`
	if err := w.Do(job); err != nil {
		return err
	}
	return w.Close()
}

// UseFailsClean closes before it returns that.
func UseFailsClean(ctx context.Context, job string) error {
	w := NewWorker(ctx)
	if err := w.Do(job); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}

// OneBranchLeaks closes on one branch.
func OneBranchLeaks(ctx context.Context, job string, keep bool) {
	w := NewWorker(ctx) // want `\[unclosed\]`
	_ = w.Do(job)
	if !keep {
		w.Close()
	} else {
		log.Print("kept")
	}
}

// EveryBranchClean closes on both.
func EveryBranchClean(ctx context.Context, job string, quiet bool) {
	w := NewWorker(ctx)
	_ = w.Do(job)
	if quiet {
		w.Close()
	} else {
		log.Print(w.Close())
	}
}

// SwitchLeaks forgets one case.
func SwitchLeaks(ctx context.Context, mode string) {
	w := NewWorker(ctx) // want `\[unclosed\]`
	switch mode {
	case "one":
		_ = w.Do("one")
		w.Close()
	case "two":
		_ = w.Do("two")
	default:
		w.Close()
	}
}

// SwitchClean forgets none.
func SwitchClean(ctx context.Context, mode string) {
	w := NewWorker(ctx)
	switch mode {
	case "one":
		_ = w.Do("one")
		w.Close()
	case "two":
		_ = w.Do("two")
		w.Close()
	default:
		w.Close()
	}
}

// LoopLeaks makes a worker for each job.
func LoopLeaks(ctx context.Context, jobs []string) {
	for _, job := range jobs {
		w := NewWorker(ctx) // want `\[unclosed\]`
		_ = w.Do(job)
	}
}

// LoopClean closes each.
func LoopClean(ctx context.Context, jobs []string) {
	for _, job := range jobs {
		w := NewWorker(ctx)
		_ = w.Do(job)
		w.Close()
	}
}

// ContinueLeaks goes on to the next job without closing.
func ContinueLeaks(ctx context.Context, jobs <-chan string) {
	for job := range jobs {
		w := NewWorker(ctx) // want `\[unclosed\]`
		if err := w.Do(job); err != nil {
			log.Print(err)
			continue
		}
		w.Close()
	}
}

// ContinueClean closes before it goes on.
func ContinueClean(ctx context.Context, jobs <-chan string) {
	for job := range jobs {
		w := NewWorker(ctx)
		err := w.Do(job)
		w.Close()
		if err != nil {
			log.Print(err)
			continue
		}
		log.Print("done ", job)
	}
}

// CorrelatedClean makes and closes under one condition.
func CorrelatedClean(ctx context.Context, job string, background bool) {
	var w *Worker
	if background {
		w = NewWorker(ctx)
	}
	log.Print(job)
	if background {
		_ = w.Do(job)
		w.Close()
	}
}

// NilCheckClean closes what there is.
func NilCheckClean(ctx context.Context, job string, background bool) {
	var w *Worker
	if background {
		w = NewWorker(ctx)
	}
	log.Print(job)
	if w != nil {
		w.Close()
	}
}

// FatalClean doesn't return where it doesn't close.
func FatalClean(ctx context.Context, job string) {
	w := NewWorker(ctx)
	if err := w.Do(job); err != nil {
		log.Fatal(err)
	}
	w.Close()
}

// PanicClean doesn't either.
func PanicClean(ctx context.Context, job string) {
	w := NewWorker(ctx)
	if err := w.Do(job); err != nil {
		panic(err)
	}
	w.Close()
}

// OnErrorLeaks closes in a deferred closure when there was an error, and only then.
func OnErrorLeaks(ctx context.Context, jobs []string) (err error) {
	w := NewWorker(ctx) // want `\[unclosed\]`
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	return feed(w, jobs)
}

// OnErrorClean does the same, but otherwise the worker is the caller's.
func OnErrorClean(ctx context.Context, jobs []string) (_ *Worker, err error) {
	w := NewWorker(ctx)
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	if err := feed(w, jobs); err != nil {
		return nil, err
	}
	return w, nil
}

// EachLeaks returns before the deferred call of its turn.
func EachLeaks(ctx context.Context, n int, check func() error) error {
	for range n {
		w := NewWorker(ctx) // want `\[unclosed\]`
		if err := check(); err != nil {
			return err
		}
		defer func() { w.Close() }()
	}
	return nil
}

func EachClean(ctx context.Context, n int, check func() error) error {
	for range n {
		w := NewWorker(ctx)
		defer func() { w.Close() }()
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}
