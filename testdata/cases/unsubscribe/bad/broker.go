// Package pubsub passes messages from publishers to subscribers.
package pubsub

import (
	"context"
	"sync"
)

// Handler takes one message.
type Handler func(ctx context.Context, msg []byte)

// Broker holds the subscriptions.
type Broker struct {
	mu   sync.Mutex
	subs map[int]*subscription
	last int
}

// NewBroker returns a broker without subscriptions.
func NewBroker() *Broker { return &Broker{subs: make(map[int]*subscription)} }

// Subscribe calls handle for each message on topic until ctx is done or the
// subscription is ended.
func (b *Broker) Subscribe(ctx context.Context, topic string, handle Handler) (id int) {
	s := newSubscription(ctx, topic, handle) // LEAK
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	b.subs[b.last] = s
	return b.last
}

// Unsubscribe ends a subscription.
func (b *Broker) Unsubscribe(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, id) // LEAK
}

// Publish sends a message to the subscribers of topic and returns how many
// were too slow for it.
func (b *Broker) Publish(topic string, msg []byte) (missed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		if s.topic == topic && !s.offer(msg) {
			missed++
		}
	}
	return missed
}

// Close ends all subscriptions.
func (b *Broker) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, s := range b.subs {
		s.end()
		delete(b.subs, id)
	}
}
