// Package runner runs named jobs on request.
package runner

import (
	"context"
	"errors"
	"net/http"
	"sync"
)

// The causes of cancelled runs.
var (
	ErrAborted    = errors.New("aborted by an operator")
	ErrSuperseded = errors.New("superseded by a newer run")
)

type job struct {
	steps  []func(context.Context) error
	runs   int
	last   error
	cancel context.CancelCauseFunc
}

// Runner holds the jobs.
type Runner struct {
	base context.Context
	quit context.CancelFunc
	mu   sync.Mutex
	jobs map[string]*job
}

// New returns a runner whose jobs end with parent or when it is closed.
func New(parent context.Context) *Runner {
	base, quit := context.WithCancel(parent)
	return &Runner{base: base, quit: quit, jobs: map[string]*job{}}
}

// Define adds a job.
func (r *Runner) Define(name string, steps ...func(context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jobs[name] = &job{steps: steps}
}

// Trigger is POST /jobs/{name}/runs.
func (r *Runner) Trigger(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.jobs[req.PathValue("name")]
	if j == nil {
		http.NotFound(w, req)
		return
	}
	ctx, cancel := context.WithCancelCause(r.base) // LEAK
	j.cancel = cancel                              // LEAK
	j.runs++
	go r.run(ctx, j)
	w.WriteHeader(http.StatusAccepted)
}

func (r *Runner) run(ctx context.Context, j *job) {
	var err error
	for _, step := range j.steps {
		if err = step(ctx); err != nil {
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	j.last = err
}

// Abort is DELETE /jobs/{name}/runs.
func (r *Runner) Abort(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j := r.jobs[req.PathValue("name")]
	if j == nil || j.cancel == nil {
		http.NotFound(w, req)
		return
	}
	j.cancel(ErrAborted)
	j.cancel = nil
	w.WriteHeader(http.StatusNoContent)
}

// Close ends all jobs.
func (r *Runner) Close() { r.quit() }
