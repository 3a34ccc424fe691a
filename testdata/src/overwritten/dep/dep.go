// Package dep has an owner for other packages.
package dep

import "context"

// Subscription delivers messages until it is closed.
type Subscription struct {
	C      <-chan string
	cancel context.CancelFunc
}

// Subscribe starts a subscription. Close must be called.
func Subscribe(parent context.Context, topic string, messages func(context.Context, string) <-chan string) *Subscription {
	ctx, cancel := context.WithCancel(parent)
	return &Subscription{C: messages(ctx, topic), cancel: cancel}
}

// Close ends s, which may be nil.
func (s *Subscription) Close() {
	if s != nil {
		s.cancel()
	}
}
