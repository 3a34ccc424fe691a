// Package reload runs the tasks that a configuration asks for.
package reload

import (
	"context"
	"time"

	"cases/configreload/good/worker"
)

// Config says which tasks to run, and how often.
type Config map[string]time.Duration

// Manager keeps the workers in step with the configuration.
type Manager struct {
	tasks   map[string]func(context.Context)
	workers map[string]*worker.Worker
}

// New returns a manager that knows the given tasks.
func New(tasks map[string]func(context.Context)) *Manager {
	return &Manager{tasks: tasks, workers: make(map[string]*worker.Worker)}
}

// Run applies configurations until there are no more or ctx is done.
func (m *Manager) Run(ctx context.Context, configs <-chan Config) {
	defer m.stop()
	for {
		select {
		case <-ctx.Done():
			return
		case c, ok := <-configs:
			if !ok {
				return
			}
			m.apply(ctx, c)
		}
	}
}

func (m *Manager) apply(ctx context.Context, c Config) {
	for name, w := range m.workers {
		if _, ok := c[name]; !ok {
			w.Stop()
			delete(m.workers, name)
		}
	}
	for name, every := range c {
		task, ok := m.tasks[name]
		if !ok {
			continue
		}
		if old, ok := m.workers[name]; ok {
			old.Stop()
		}
		m.workers[name] = worker.Start(ctx, every, task)
	}
}

func (m *Manager) stop() {
	for _, w := range m.workers {
		w.Stop()
	}
}
