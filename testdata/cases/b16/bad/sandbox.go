// Package sandbox reacts to events of sandboxes.
package sandbox

import (
	"context"
	"errors"
	"time"
)

// Event is an event of a sandbox.
type Event struct {
	Sandbox string
	Topic   string
	At      time.Time
}

// Status is what a runtime says of a sandbox.
type Status struct {
	Ready   bool
	Message string
}

// Runtime talks to sandboxes.
type Runtime interface {
	Attach(ctx context.Context, id string) (func() (Status, error), error)
}

// handle is an attached sandbox.
type handle struct {
	id     string
	status func() (Status, error)
	cancel context.CancelFunc
}

func attach(ctx context.Context, rt Runtime, id string) (*handle, error) {
	ctx, cancel := context.WithCancel(ctx)
	status, err := rt.Attach(ctx, id)
	if err != nil {
		cancel()
		return nil, err
	}
	return &handle{id: id, status: status, cancel: cancel}, nil
}

func (h *handle) Close() error {
	h.cancel()
	return nil
}

// Monitor keeps the status of sandboxes up to date.
type Monitor struct {
	rt     Runtime
	update func(id string, s Status)
	warn   func(error)
}

// NewMonitor returns a monitor.
func NewMonitor(rt Runtime, update func(string, Status), warn func(error)) *Monitor {
	return &Monitor{rt: rt, update: update, warn: warn}
}

// Run reacts to events until the channel is closed.
func (m *Monitor) Run(ctx context.Context, events <-chan Event) {
	for e := range events {
		if e.Topic != "/tasks/exit" && e.Topic != "/tasks/oom" {
			continue
		}
		h, err := attach(ctx, m.rt, e.Sandbox) // LEAK
		if err != nil {
			m.warn(err)
			continue
		}
		defer h.Close() // LEAK
		s, err := h.status()
		if err != nil {
			m.warn(err)
			continue
		}
		m.update(e.Sandbox, s)
	}
	m.warn(errors.New("no more events"))
}
