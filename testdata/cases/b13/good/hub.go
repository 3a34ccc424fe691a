// Package hub fans events out to subscribers.
package hub

import (
	"context"
	"slices"
	"sync"
)

// Event is what is fanned out.
type Event struct {
	Topic string
	Body  any
}

type subscriber struct {
	in     chan Event
	out    chan Event
	cancel context.CancelFunc
}

// forward queues without bound, so that a slow reader blocks nobody.
func (s *subscriber) forward(ctx context.Context) {
	var queue []Event
	for {
		var (
			out  chan<- Event
			head Event
		)
		if len(queue) > 0 {
			out, head = s.out, queue[0]
		}
		select {
		case e := <-s.in:
			queue = append(queue, e)
		case out <- head:
			queue = queue[1:]
		case <-ctx.Done():
			return
		}
	}
}

// Hub has any number of subscribers.
type Hub struct {
	mu   sync.Mutex
	subs []*subscriber
}

// Subscribe returns a channel of events, until Unsubscribe or ctx is done.
func (h *Hub) Subscribe(ctx context.Context) <-chan Event {
	ctx, cancel := context.WithCancel(ctx)
	s := &subscriber{in: make(chan Event, 8), out: make(chan Event), cancel: cancel}
	h.mu.Lock()
	h.subs = append(h.subs, s)
	h.mu.Unlock()
	go s.forward(ctx)
	return s.out
}

// Unsubscribe ends the subscription that ch belongs to.
func (h *Hub) Unsubscribe(ch <-chan Event) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.subs, func(s *subscriber) bool { return s.out == ch })
	if i < 0 {
		return false
	}
	h.subs[i].cancel()
	h.subs = append(h.subs[:i], h.subs[i+1:]...)
	return true
}

// Publish gives e to the subscribers that have room for it.
func (h *Hub) Publish(e Event) (reached int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs {
		select {
		case s.in <- e:
			reached++
		default:
		}
	}
	return reached
}

// Close ends all subscriptions.
func (h *Hub) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.subs {
		s.cancel()
	}
	h.subs = nil
}
