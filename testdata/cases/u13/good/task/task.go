// Package task runs functions in the background.
package task

import (
	"context"
	"fmt"
	"time"
)

// Task is a running function. It lets go of everything when the function
// returns, which it must within the limit; nobody needs to keep the task.
type Task struct {
	Name   string
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// Go runs f in the background.
func Go(ctx context.Context, name string, limit time.Duration, f func(context.Context) error) *Task {
	ctx, cancel := context.WithTimeout(ctx, limit)
	t := &Task{Name: name, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(t.done)
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				t.err = fmt.Errorf("task %s: panic: %v", name, p)
			}
		}()
		t.err = f(ctx)
	}()
	return t
}

// Cancel asks the function to return early.
func (t *Task) Cancel() { t.cancel() }

// Err waits for the end and returns what the function did.
func (t *Task) Err() error {
	<-t.done
	return t.err
}
