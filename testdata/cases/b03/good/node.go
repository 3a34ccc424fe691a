// Package raftnode proposes entries and waits until they are applied.
package raftnode

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// ErrStopped is returned when the node stops first.
var ErrStopped = errors.New("raftnode: stopped")

// Proposer hands entries to consensus.
type Proposer interface {
	Propose(ctx context.Context, id uint64, data []byte) error
}

// Node proposes entries.
type Node struct {
	raft     Proposer
	limit    time.Duration
	ids      atomic.Uint64
	inflight atomic.Int64
	stopping chan struct{}

	mu      sync.Mutex
	waiting map[uint64]chan any
}

// New returns a node.
func New(raft Proposer, limit time.Duration) *Node {
	return &Node{raft: raft, limit: limit, stopping: make(chan struct{}), waiting: make(map[uint64]chan any)}
}

// Stop makes all proposals return.
func (n *Node) Stop() { close(n.stopping) }

func (n *Node) register(id uint64) <-chan any {
	ch := make(chan any, 1)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.waiting[id] = ch
	return ch
}

// Applied gives the result of an entry to whoever waits for it.
func (n *Node) Applied(id uint64, result any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if ch, ok := n.waiting[id]; ok {
		ch <- result
		delete(n.waiting, id)
	}
}

func (n *Node) forget(id uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.waiting, id)
}

// Propose proposes data and waits for the result.
func (n *Node) Propose(ctx context.Context, data []byte) (any, error) {
	id := n.ids.Add(1)
	result := n.register(id)
	pctx, cancel := context.WithTimeout(ctx, n.limit)
	n.inflight.Add(1)
	release := func() {
		n.inflight.Add(-1)
		cancel()
	}
	if err := n.raft.Propose(pctx, id, data); err != nil {
		n.forget(id)
		release()
		return nil, err
	}
	select {
	case v := <-result:
		release()
		return v, nil
	case <-pctx.Done():
		n.forget(id)
		release()
		return nil, pctx.Err()
	case <-n.stopping:
		n.forget(id)
		release()
		return nil, ErrStopped
	}
}
