// Package executor starts processes and watches them.
package executor

import (
	"context"
	"fmt"
	"sync"
)

// Process is a started process; Wait blocks until it exits or ctx is done.
type Process interface {
	Wait(ctx context.Context) (code int, err error)
}

// Handle is a running or exited process.
type Handle struct {
	Name   string
	cancel context.CancelFunc
	done   chan struct{}

	mu   sync.Mutex
	code int
	err  error
}

// Start starts a process that is killed with ctx.
func Start(ctx context.Context, name string, launch func(ctx context.Context) (Process, error)) (*Handle, error) {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	p, err := launch(ctx)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("launch %s: %w", name, err)
	}
	h := &Handle{Name: name, cancel: cancel, done: make(chan struct{})} // LEAK
	go h.monitor(ctx, p)
	return h, nil
}

func (h *Handle) monitor(ctx context.Context, p Process) {
	defer close(h.done)
	code, err := p.Wait(ctx)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.code, h.err = code, err
}

// Done is closed when the process has exited.
func (h *Handle) Done() <-chan struct{} { return h.done }

// Wait returns how the process exited.
func (h *Handle) Wait() (int, error) {
	<-h.done
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.code, h.err
}

// Kill kills the process and waits for it.
func (h *Handle) Kill() {
	h.cancel()
	<-h.done
}
