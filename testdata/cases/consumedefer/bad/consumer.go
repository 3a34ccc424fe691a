// Package deliver handles the deliveries of a queue in order.
package deliver

import (
	"context"
	"errors"
	"log"
	"time"
)

// ErrReject is returned by a handler for a delivery that must not come again.
var ErrReject = errors.New("delivery rejected")

// Delivery is one message of the queue.
type Delivery struct {
	ID       string
	Body     []byte
	Deadline time.Time
	Settle   func(keep bool) error
}

// Handler handles a delivery.
type Handler func(ctx context.Context, body []byte) error

// Consumer consumes one queue.
type Consumer struct {
	handle  Handler
	expired int
	failed  int
}

// NewConsumer returns a consumer that calls handle.
func NewConsumer(handle Handler) *Consumer { return &Consumer{handle: handle} }

// Run handles deliveries until the queue is closed.
func (c *Consumer) Run(ctx context.Context, queue <-chan Delivery) {
	for d := range queue {
		if time.Now().After(d.Deadline) {
			c.expired++
			continue
		}
		ctx, cancel := context.WithDeadline(ctx, d.Deadline) // LEAK
		defer cancel()                                       // LEAK
		err := c.handle(ctx, d.Body)
		if err != nil {
			c.failed++
		}
		if err := d.Settle(err != nil && !errors.Is(err, ErrReject)); err != nil {
			log.Printf("settle %s: %v", d.ID, err)
		}
	}
}

// Stats returns how many deliveries came too late or failed.
func (c *Consumer) Stats() (expired, failed int) { return c.expired, c.failed }
