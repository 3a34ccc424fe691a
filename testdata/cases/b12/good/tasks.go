// Package tasks runs tasks in the background of a daemon.
package tasks

import (
	"context"
	"errors"
	"sync"
)

// Errors of the manager.
var (
	ErrExists  = errors.New("tasks: id is in use")
	ErrUnknown = errors.New("tasks: no such task")
	ErrClosed  = errors.New("tasks: manager is closed")
)

type task struct {
	cancel context.CancelFunc
	done   chan struct{}
}

// Manager knows the running tasks.
type Manager struct {
	base context.Context
	stop context.CancelFunc

	mu    sync.Mutex
	tasks map[string]*task
}

// NewManager returns a manager whose tasks end with ctx at the latest.
func NewManager(ctx context.Context) *Manager {
	m := &Manager{tasks: make(map[string]*task)}
	m.base, m.stop = context.WithCancel(ctx)
	return m
}

// Start runs f in the background.
func (m *Manager) Start(id string, f func(ctx context.Context)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.base.Err() != nil {
		return ErrClosed
	}
	if _, ok := m.tasks[id]; ok {
		return ErrExists
	}
	ctx, cancel := context.WithCancel(m.base)
	t := &task{cancel: cancel, done: make(chan struct{})}
	m.tasks[id] = t
	go func() {
		defer close(t.done)
		f(ctx)
		m.remove(id)
	}()
	return nil
}

func (m *Manager) remove(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.tasks[id]; ok {
		delete(m.tasks, id)
		t.cancel()
	}
}

// Kill ends a task and waits for it.
func (m *Manager) Kill(id string) error {
	m.mu.Lock()
	t, ok := m.tasks[id]
	m.mu.Unlock()
	if !ok {
		return ErrUnknown
	}
	t.cancel()
	<-t.done
	return nil
}

// Close ends all tasks.
func (m *Manager) Close() { m.stop() }
