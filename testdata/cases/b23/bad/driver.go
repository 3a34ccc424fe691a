// Package driver runs tasks as processes.
package driver

import (
	"context"
	"time"

	"cases/b23/bad/executor"
)

// Launch launches a process for a task.
type Launch func(ctx context.Context) (executor.Process, error)

// Driver runs tasks.
type Driver struct {
	limit time.Duration
}

// New returns a driver that kills tasks after the limit.
func New(limit time.Duration) *Driver { return &Driver{limit: limit} }

// Run runs a task to its end.
func (d *Driver) Run(ctx context.Context, name string, launch Launch) (int, error) {
	h, err := executor.Start(ctx, name, launch) // LEAK
	if err != nil {
		return 0, err
	}
	timer := time.NewTimer(d.limit)
	defer timer.Stop()
	select {
	case <-h.Done():
	case <-timer.C:
		h.Kill()
	}
	return h.Wait()
}
