// Package jobs runs jobs that are known by name while they run.
package jobs

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrRunning is returned for a job that is running already.
var ErrRunning = errors.New("job is running")

// Registry knows the jobs that are running.
type Registry struct {
	running sync.Map // name → context.CancelFunc
}

// Submit runs a job and returns where its result will be sent.
func (r *Registry) Submit(ctx context.Context, name string, run func(context.Context) error) (<-chan error, error) {
	ctx, cancel := context.WithCancel(ctx)
	if _, dup := r.running.LoadOrStore(name, cancel); dup {
		cancel()
		return nil, ErrRunning
	}
	result := make(chan error, 1)
	go func() {
		defer r.finish(name)
		result <- run(ctx)
	}()
	return result, nil
}

func (r *Registry) finish(name string) {
	if cancel, ok := r.running.LoadAndDelete(name); ok {
		cancel.(context.CancelFunc)()
	}
}

// Running returns the names of the running jobs, sorted.
func (r *Registry) Running() []string {
	var names []string
	for name := range r.running.Range {
		names = append(names, name.(string))
	}
	slices.Sort(names)
	return names
}
