// Package consume reads the partitions of a topic that a group assigns.
package consume

import (
	"context"
	"log"
	"sync"
)

// Partition is one part of the topic.
type Partition int

// Broker is where messages come from.
type Broker interface {
	// Read calls f for each message until ctx is done.
	Read(ctx context.Context, p Partition, f func([]byte)) error
	Heartbeat(ctx context.Context) error
}

// Consumer is one member of the group.
type Consumer struct {
	broker Broker
	handle func([]byte)
	wg     sync.WaitGroup
}

// NewConsumer returns a consumer that calls handle for each message.
func NewConsumer(broker Broker, handle func([]byte)) *Consumer {
	return &Consumer{broker: broker, handle: handle}
}

// Run reads what is assigned until the group is left.
func (c *Consumer) Run(ctx context.Context, assignments <-chan []Partition) error {
	gen, end := context.WithCancel(ctx)
	defer func() {
		end()
		c.wg.Wait()
	}()
	c.start(gen, nil)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case parts, ok := <-assignments:
			if !ok {
				return nil
			}
			end()
			gen, end = context.WithCancel(ctx)
			c.start(gen, parts)
		}
	}
}

func (c *Consumer) start(gen context.Context, parts []Partition) {
	c.wg.Go(func() { c.broker.Heartbeat(gen) })
	for _, p := range parts {
		c.wg.Go(func() {
			if err := c.broker.Read(gen, p, c.handle); err != nil && gen.Err() == nil {
				log.Printf("partition %d: %v", p, err)
			}
		})
	}
}
