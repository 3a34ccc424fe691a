// Package clusters watches the services of remote clusters.
package clusters

import (
	"context"
	"sync"
)

// Kind is the kind of a change.
type Kind int

// The kinds of changes.
const (
	Added Kind = iota
	Updated
	Deleted
)

// Change is a change of a cluster's credentials.
type Change struct {
	Kind       Kind
	Cluster    string
	Kubeconfig []byte
}

// Watcher watches one cluster until ctx is done.
type Watcher func(ctx context.Context, cluster string, kubeconfig []byte) error

// Controller runs a watcher per cluster.
type Controller struct {
	watch Watcher
	fail  func(cluster string, err error)

	mu      sync.Mutex
	cancels map[string]context.CancelFunc
	wg      sync.WaitGroup
}

// New returns a controller without clusters.
func New(watch Watcher, fail func(cluster string, err error)) *Controller {
	return &Controller{watch: watch, fail: fail, cancels: make(map[string]context.CancelFunc)}
}

// Run follows changes until the channel is closed.
func (c *Controller) Run(ctx context.Context, changes <-chan Change) {
	for ch := range changes {
		switch ch.Kind {
		case Added, Updated:
			c.start(ctx, ch)
		case Deleted:
			c.stop(ch.Cluster)
		}
	}
	for name := range c.cancels {
		c.stop(name)
	}
	c.wg.Wait()
}

// Len returns how many clusters are watched.
func (c *Controller) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.cancels)
}

func (c *Controller) start(parent context.Context, ch Change) {
	ctx, cancel := context.WithCancel(parent) // LEAK
	c.mu.Lock()
	c.cancels[ch.Cluster] = cancel // LEAK
	c.mu.Unlock()
	c.wg.Go(func() {
		if err := c.watch(ctx, ch.Cluster, ch.Kubeconfig); err != nil {
			c.fail(ch.Cluster, err)
		}
	})
}

func (c *Controller) stop(cluster string) {
	c.mu.Lock()
	cancel, ok := c.cancels[cluster]
	delete(c.cancels, cluster)
	c.mu.Unlock()
	if ok {
		cancel()
	}
}
