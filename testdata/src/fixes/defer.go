// The release is deferred where the context is made: it serves the call alone.
package fixes

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/signal"
	"time"
)

func discardedLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithTimeout(parent, time.Hour) // the comment stays here
	return do(ctx)
}

func causeLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancelCause(parent)
	return do(ctx)
}

func signalLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := signal.NotifyContext(parent, os.Interrupt)
	return do(ctx)
}

func earlyReturnLeaks(parent context.Context, prepare func() error, do func(context.Context)) error {
	ctx, cancel := context.WithCancel(parent) // aligned
	limit := time.Minute                      // comments
	if err := prepare(); err != nil {
		return err
	}
	defer cancel()
	do(ctx)
	time.Sleep(limit)
	return nil
}

func multilineLeaks(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithTimeout(
		parent,
		time.Hour,
	)
	return do(ctx)
}

// inSwitchLeaks has its creation in a case.
func inSwitchLeaks(parent context.Context, quick bool, do func(context.Context) error) error {
	switch {
	case quick:
		ctx, _ := context.WithTimeout(parent, time.Second)
		return do(ctx)
	default:
		return do(parent)
	}
}

// stopLeaks: what the callback touches is closed when the function returns.
func stopLeaks(parent context.Context, c io.ReadCloser, limit time.Duration) error {
	defer c.Close()
	context.AfterFunc(parent, func() {
		time.Sleep(limit)
		c.Close()
	})
	_, err := io.Copy(io.Discard, c)
	return err
}

// No fix below: the context, or the callback, is needed for longer.

func returnedLeaks(parent context.Context) context.Context {
	ctx, _ := context.WithTimeout(parent, time.Hour)
	return ctx
}

func spawnedLeaks(parent context.Context, work func(context.Context)) {
	ctx, _ := context.WithTimeout(parent, time.Hour)
	go work(ctx)
}

// bodyLeaks returns a body that is read under the context.
func bodyLeaks(parent context.Context, req *http.Request) (*http.Response, error) {
	ctx, _ := context.WithTimeout(parent, time.Hour)
	return http.DefaultClient.Do(req.WithContext(ctx))
}

// backgroundLeaks calls a helper that starts a goroutine.
func backgroundLeaks(parent context.Context, work func(context.Context) error) error {
	ctx, _ := context.WithTimeout(parent, time.Hour)
	return background(ctx, work)
}

func background(ctx context.Context, work func(context.Context) error) error {
	if work == nil {
		return errors.New("no work")
	}
	go work(ctx)
	return nil
}

// silentLeaks calls what may go on: nothing tells that it has ended.
func silentLeaks(parent context.Context, start func(context.Context)) {
	ctx, _ := context.WithTimeout(parent, time.Hour)
	start(ctx)
}

// graceLeaks cancels a while after the return.
func graceLeaks(parent context.Context, grace time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent)
	err := do(ctx)
	if grace > 0 {
		time.AfterFunc(grace, cancel)
	}
	return err
}

// callbackLeaks registers a callback on something that lives on.
func callbackLeaks(parent context.Context, abort func()) {
	context.AfterFunc(parent, func() { abort() })
}

// takenLeaks has a cancel of its own already.
func takenLeaks(parent context.Context, cancel func(), do func(context.Context) error) error {
	defer cancel()
	ctx, _ := context.WithTimeout(parent, time.Hour)
	return do(ctx)
}

// oneLineLeaks has no line to add to.
func oneLineLeaks(parent context.Context, do func(context.Context) error) {
	func() { ctx, _ := context.WithTimeout(parent, time.Hour); _ = do(ctx) }()
}
