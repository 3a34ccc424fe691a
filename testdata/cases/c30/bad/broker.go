// Package broker passes messages to subscribers in the process.
package broker

import (
	"context"
	"sync"
)

type subscription struct {
	topic  string
	ch     chan []byte
	cancel func()
}

// Broker passes messages on.
type Broker struct {
	life context.Context
	stop context.CancelFunc

	mu   sync.Mutex
	next int
	subs map[int]*subscription
}

// New returns a broker. Close must be called.
func New(parent context.Context) *Broker {
	life, stop := context.WithCancel(parent)
	return &Broker{life: life, stop: stop, subs: make(map[int]*subscription)}
}

// Subscribe calls handle for each message of topic.
func (b *Broker) Subscribe(topic string, handle func(ctx context.Context, msg []byte)) int {
	ctx, cancel := context.WithCancel(b.life) // LEAK
	s := &subscription{
		topic:  topic,
		ch:     make(chan []byte, 32),
		cancel: sync.OnceFunc(cancel), // LEAK
	}
	b.mu.Lock()
	b.next++
	id := b.next
	b.subs[id] = s // LEAK
	b.mu.Unlock()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case msg, ok := <-s.ch:
				if !ok {
					return
				}
				handle(ctx, msg)
			}
		}
	}()
	return id
}

// Unsubscribe ends a subscription.
func (b *Broker) Unsubscribe(id int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, ok := b.subs[id]
	if !ok {
		return
	}
	delete(b.subs, id) // LEAK
	close(s.ch)
}

// Publish passes msg to the subscribers of topic that keep up.
func (b *Broker) Publish(topic string, msg []byte) (missed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		if s.topic != topic {
			continue
		}
		select {
		case s.ch <- msg:
		default:
			missed++
		}
	}
	return missed
}

// Len is the number of subscriptions.
func (b *Broker) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.subs)
}

// Close ends all subscriptions.
func (b *Broker) Close() { b.stop() }
