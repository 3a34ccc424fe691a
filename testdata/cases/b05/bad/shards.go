// Package shards runs a processor for each shard that this host owns.
package shards

import (
	"context"
	"sync"
)

// Assignment says who owns a shard since when.
type Assignment struct {
	Shard int
	Epoch int
	Host  string
}

type shard struct {
	epoch  int
	cancel context.CancelFunc
}

// Controller follows assignments.
type Controller struct {
	host    string
	process func(ctx context.Context, shard, epoch int)

	wg     sync.WaitGroup
	mu     sync.Mutex
	shards map[int]shard
}

// New returns a controller for host.
func New(host string, process func(ctx context.Context, shard, epoch int)) *Controller {
	return &Controller{host: host, process: process, shards: make(map[int]shard)}
}

// Run follows the assignments until the channel is closed.
func (c *Controller) Run(ctx context.Context, assignments <-chan Assignment) {
	for a := range assignments {
		if a.Host == c.host {
			c.acquire(ctx, a)
		} else {
			c.release(a.Shard)
		}
	}
	c.releaseAll()
}

func (c *Controller) acquire(parent context.Context, a Assignment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.shards[a.Shard]
	if a.Epoch <= s.epoch {
		return // stale
	}
	ctx, cancel := context.WithCancel(parent) // LEAK
	s.epoch = a.Epoch
	s.cancel = cancel     // LEAK
	c.shards[a.Shard] = s // LEAK
	c.wg.Go(func() { c.process(ctx, a.Shard, a.Epoch) })
}

func (c *Controller) release(id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.shards[id]; ok {
		s.cancel()
		delete(c.shards, id)
	}
}

func (c *Controller) releaseAll() {
	c.mu.Lock()
	for id, s := range c.shards {
		s.cancel()
		delete(c.shards, id)
	}
	c.mu.Unlock()
	c.wg.Wait()
}
