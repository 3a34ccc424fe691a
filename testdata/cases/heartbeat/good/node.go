package member

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrJoined is returned by a node that is in the cluster already.
var ErrJoined = errors.New("node has joined already")

// Node may join and leave any number of times.
type Node struct {
	Every time.Duration
	Beat  Beat

	mu    sync.Mutex
	agent *agent
}

// Join joins the cluster until ctx is done or the node leaves.
func (n *Node) Join(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.agent != nil {
		return ErrJoined
	}
	if err := n.Beat(ctx); err != nil {
		return err
	}
	n.agent = startAgent(ctx, n.Every, n.Beat)
	return nil
}

// Leave leaves the cluster and returns how many beats were missed.
func (n *Node) Leave() int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.agent == nil {
		return 0
	}
	n.agent.stop()
	missed := n.agent.missed.Load()
	n.agent = nil
	return missed
}
