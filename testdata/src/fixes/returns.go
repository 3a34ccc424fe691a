// The release is called before the return that forgets it, where other paths
// hand the context on.
package fixes

import (
	"context"
	"errors"
	"time"
)

type link struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// Close closes l.
func (l *link) Close() { l.cancel() }

func openLeaks(parent context.Context, hello func(context.Context) error) (*link, error) {
	ctx, cancel := context.WithCancel(parent)
	if err := hello(ctx); err != nil {
		return nil, err
	}
	return &link{ctx: ctx, cancel: cancel}, nil
}

func openFieldLeaks(parent context.Context, hello, again func(context.Context) error) (*link, error) {
	l := &link{}
	l.ctx, l.cancel = context.WithCancel(parent)
	if err := hello(l.ctx); err != nil {
		return nil, err
	}
	if err := again(l.ctx); err != nil { // a second time
		return nil, errors.Join(err, errors.New("again"))
	}
	return l, nil
}

func eachLeaks(parent context.Context, names []string, start func(context.Context, string) error) (cancels []context.CancelFunc, err error) {
	for _, name := range names {
		ctx, cancel := context.WithCancel(parent)
		if err := start(ctx, name); err != nil {
			return cancels, err
		}
		cancels = append(cancels, cancel)
	}
	return cancels, nil
}

// openBothLeaks closes the first link itself where that is to be.
func openBothLeaks(parent context.Context, hello func(context.Context) error) (*link, *link, error) {
	first, err := openLeaks(parent, hello)
	if err != nil {
		return nil, nil, err
	}
	second, err := openLeaks(parent, hello)
	if err != nil {
		return nil, nil, err
	}
	return first, second, nil
}

// lastLeaks falls off its end.
func (l *link) lastLeaks(parent context.Context, keep bool) {
	ctx, cancel := context.WithCancel(parent)
	if keep {
		go func() {
			defer cancel()
			<-ctx.Done()
		}()
		return
	}
	l.ctx = nil
}

// No fix below.

// neededLeaks needs the context for what it returns.
func neededLeaks(parent context.Context, dial func(context.Context) (interface{ Close() error }, error)) (any, error) {
	ctx, cancel := context.WithTimeout(parent, time.Hour)
	conn, err := dial(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return conn, nil
}

// evaluatedLeaks still calls with it in the return itself.
func evaluatedLeaks(parent context.Context, keep bool, do func(context.Context) error) (context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent)
	if keep {
		return cancel, nil
	}
	return nil, do(ctx)
}

// startedLeaks has a goroutine that goes on with the context.
func startedLeaks(parent context.Context, check func() error, work func(context.Context)) (context.CancelFunc, error) {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	if err := check(); err != nil {
		return nil, err
	}
	return cancel, nil
}

// keptLeaks returns the same way where the function is returned.
func keptLeaks(parent context.Context, keep bool, do func(context.Context) error) (stop context.CancelFunc, err error) {
	ctx, cancel := context.WithCancel(parent)
	if keep {
		stop = cancel
	}
	err = do(ctx)
	return stop, err
}

// shadowedLeaks means another cancel where it returns.
func shadowedLeaks(parent context.Context, check func() (func(), error)) (context.CancelFunc, error) {
	_, cancel := context.WithTimeout(parent, time.Hour)
	if cancel, err := check(); err != nil {
		cancel()
		return nil, err
	}
	return cancel, nil
}

// A worker ends with its last step.
type worker struct{ cancel context.CancelFunc }

func newWorker(parent context.Context, run func(context.Context)) *worker {
	ctx, cancel := context.WithCancel(parent)
	go run(ctx)
	return &worker{cancel}
}

// Run works.
func (w *worker) Run(step func()) error {
	defer w.cancel()
	step()
	return nil
}

// workLeaks must not run the worker in order to end it.
func workLeaks(parent context.Context, check func() error, step func(), run func(context.Context)) error {
	w := newWorker(parent, run)
	if err := check(); err != nil {
		return err
	}
	return w.Run(step)
}
