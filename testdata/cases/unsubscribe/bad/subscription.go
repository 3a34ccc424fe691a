package pubsub

import "context"

const backlog = 16

type subscription struct {
	topic  string
	queue  chan []byte
	cancel context.CancelFunc
}

func newSubscription(ctx context.Context, topic string, handle Handler) *subscription {
	ctx, cancel := context.WithCancel(ctx) // LEAK
	s := &subscription{topic: topic, queue: make(chan []byte, backlog), cancel: cancel}
	go s.pump(ctx, handle)
	return s
}

func (s *subscription) pump(ctx context.Context, handle Handler) {
	for {
		select {
		case <-ctx.Done():
			return
		case msg := <-s.queue:
			handle(ctx, msg)
		}
	}
}

func (s *subscription) offer(msg []byte) bool {
	select {
	case s.queue <- msg:
		return true
	default:
		return false
	}
}

func (s *subscription) end() { s.cancel() }
