// Package bus passes events to subscribers.
package bus

import (
	"context"
	"errors"
	"sync"
)

// ErrLagged is returned by a subscription that has missed an event.
var ErrLagged = errors.New("subscriber fell behind")

// Bus is a bus of events.
type Bus struct {
	mu   sync.Mutex
	subs map[*Subscription]struct{}
}

// New returns a bus without subscribers.
func New() *Bus { return &Bus{subs: make(map[*Subscription]struct{})} }

// Subscription receives events. Close must be called.
type Subscription struct {
	bus    *Bus
	feed   chan string
	lagged chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
}

// Subscribe subscribes until ctx is done.
func (b *Bus) Subscribe(ctx context.Context, backlog int) *Subscription {
	s := &Subscription{bus: b, feed: make(chan string, backlog), lagged: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancel(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.subs[s] = struct{}{}
	return s
}

// Publish sends an event to all subscribers; those that are full have lagged.
func (b *Bus) Publish(event string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for s := range b.subs {
		select {
		case s.feed <- event:
			continue
		default:
		}
		select {
		case s.lagged <- struct{}{}:
		default:
		}
	}
}

// Next waits for the next event.
func (s *Subscription) Next() (string, error) {
	select {
	case e := <-s.feed:
		return e, nil
	case <-s.lagged:
		return "", ErrLagged
	case <-s.ctx.Done():
		return "", s.ctx.Err()
	}
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.cancel()
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	delete(s.bus.subs, s)
}
