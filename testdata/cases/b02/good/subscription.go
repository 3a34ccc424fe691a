// Package stream subscribes to topics of a log.
package stream

import (
	"context"
	"fmt"
)

// Event is one entry of a topic.
type Event struct {
	Index   uint64
	Payload []byte
}

// Source is an open stream of one topic.
type Source interface {
	Seek(index uint64) error
	Recv() (Event, error)
}

// Transport opens streams that end with their context.
type Transport interface {
	Stream(ctx context.Context, topic string) (Source, error)
}

// Subscription delivers the events of one topic.
type Subscription struct {
	Topic  string
	events chan Event
	done   chan struct{}
	err    error

	ctx    context.Context
	cancel context.CancelFunc
}

// Open subscribes to topic, from the given index on.
func Open(parent context.Context, t Transport, topic string, from uint64) (*Subscription, error) {
	s := &Subscription{
		Topic:  topic,
		events: make(chan Event, 16),
		done:   make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancel(parent)
	src, err := t.Stream(s.ctx, topic)
	if err != nil {
		s.cancel()
		return nil, fmt.Errorf("open %s: %w", topic, err)
	}
	if from > 0 {
		if err := src.Seek(from); err != nil {
			s.cancel()
			return nil, fmt.Errorf("seek to %d: %w", from, err)
		}
	}
	go s.pump(src)
	return s, nil
}

func (s *Subscription) pump(src Source) {
	defer close(s.done)
	for {
		e, err := src.Recv()
		if err != nil {
			s.err = err
			return
		}
		select {
		case s.events <- e:
		case <-s.ctx.Done():
			s.err = s.ctx.Err()
			return
		}
	}
}

// Events returns the channel of events.
func (s *Subscription) Events() <-chan Event { return s.events }

// Close ends the subscription.
func (s *Subscription) Close() error {
	s.cancel()
	<-s.done
	return s.err
}
