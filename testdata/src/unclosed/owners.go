package unclosed

// The owners of the other files: each holds a cancel that its end calls, and a goroutine that lasts until then.

import (
	"context"
	"errors"
)

// Worker is ended by Close.
type Worker struct {
	ctx    context.Context
	cancel context.CancelFunc
	jobs   chan string
}

// NewWorker starts a worker. Close must be called.
func NewWorker(parent context.Context) *Worker {
	w := &Worker{jobs: make(chan string)}
	w.ctx, w.cancel = context.WithCancel(parent)
	go w.run()
	return w
}

func (w *Worker) run() {
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.jobs:
		}
	}
}

// Do gives the worker a job.
func (w *Worker) Do(job string) error {
	select {
	case w.jobs <- job:
		return nil
	case <-w.ctx.Done():
		return errors.New("closed")
	}
}

// Close ends the worker.
func (w *Worker) Close() error {
	w.cancel()
	return nil
}

// Runner is ended by Stop.
type Runner struct {
	stop context.CancelFunc
	n    int
}

// StartRunner starts a runner. Stop must be called.
func StartRunner(parent context.Context) *Runner {
	ctx, cancel := context.WithCancel(parent)
	go wait(ctx)
	return &Runner{stop: cancel}
}

func wait(ctx context.Context) { <-ctx.Done() }

// Tick counts.
func (r *Runner) Tick() int {
	r.n++
	return r.n
}

// Stop ends the runner.
func (r *Runner) Stop() { r.stop() }

// Task is ended by Wait.
type Task struct {
	cancel context.CancelFunc
	steps  chan func(context.Context) error
	done   chan error
}

// StartTask starts a task. Wait must be called.
func StartTask(parent context.Context) *Task {
	ctx, cancel := context.WithCancel(parent)
	t := &Task{cancel: cancel, steps: make(chan func(context.Context) error), done: make(chan error, 1)}
	go t.loop(ctx)
	return t
}

func (t *Task) loop(ctx context.Context) {
	var errs []error
	for step := range t.steps {
		errs = append(errs, step(ctx))
	}
	t.done <- errors.Join(errs...)
}

// Step adds a step.
func (t *Task) Step(f func(context.Context) error) { t.steps <- f }

// Wait waits for all steps.
func (t *Task) Wait() error {
	defer t.cancel()
	close(t.steps)
	return <-t.done
}

// Tx is ended by Commit or Rollback.
type Tx struct {
	cancel context.CancelFunc
	ended  bool
}

// Begin begins a transaction. Commit or Rollback must be called.
func Begin(parent context.Context) (*Tx, error) {
	if err := parent.Err(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(parent)
	go wait(ctx)
	return &Tx{cancel: cancel}, nil
}

// Exec executes stmt.
func (t *Tx) Exec(stmt string) error {
	if stmt == "" {
		return errors.New("empty statement")
	}
	return nil
}

// Commit commits.
func (t *Tx) Commit() error {
	t.cancel()
	t.ended = true
	return nil
}

// Rollback rolls back, unless the transaction has ended.
func (t *Tx) Rollback() error {
	if t.ended {
		return nil
	}
	t.cancel()
	return nil
}

// Span is a value, ended by End.
type Span struct {
	name string
	end  context.CancelFunc
}

// StartSpan starts a span. End must be called.
func StartSpan(parent context.Context, name string) (context.Context, Span) {
	ctx, cancel := context.WithCancel(parent)
	return ctx, Span{name: name, end: cancel}
}

// Rename renames the span.
func (s *Span) Rename(name string) { s.name = name }

// End ends the span.
func (s Span) End() { s.end() }
