package election

import (
	"context"
	"sync"
)

// term is the time in office of a leader.
type term struct {
	mu     sync.Mutex
	epoch  uint64
	cancel context.CancelFunc
}

func (t *term) begin(parent context.Context, epoch uint64) context.Context {
	ctx, cancel := context.WithCancel(parent) // LEAK
	t.mu.Lock()
	defer t.mu.Unlock()
	t.epoch = epoch
	t.cancel = cancel // LEAK
	return ctx
}

func (t *term) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}
