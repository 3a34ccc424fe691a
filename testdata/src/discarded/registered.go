package discarded

// "Released by others, too": a function that gives a context and its release owes
// that to its caller, even if somebody else may end the context.

import (
	"context"
	"sync"
)

// Stopper ends at once all that is registered.
type Stopper struct {
	mu      sync.Mutex
	next    int
	cancels map[int]func()
	stop    <-chan struct{}
}

func (s *Stopper) registered(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := s.next
	s.cancels[id] = cancel
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.cancels, id)
	}
}

func (s *Stopper) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cancel := range s.cancels {
		cancel()
	}
}

func (s *Stopper) RegisteredLeaks(parent context.Context, do func(context.Context)) {
	ctx, _ := s.registered(parent) // want `\[discarded\]`
	do(ctx)
}

func (s *Stopper) RegisteredClean(parent context.Context, do func(context.Context)) {
	ctx, cancel := s.registered(parent)
	defer cancel()
	do(ctx)
}

func untilStop(stop <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (s *Stopper) UntilStopLeaks(do func(context.Context)) {
	ctx, _ := untilStop(s.stop) // want `\[discarded\]`
	do(ctx)
}

func (s *Stopper) UntilStopClean(do func(context.Context)) {
	ctx, cancel := untilStop(s.stop)
	defer cancel()
	do(ctx)
}

// keptClean keeps what ends its contexts to itself.
func (s *Stopper) keptClean(parent context.Context) context.Context {
	ctx, cancel := context.WithCancel(parent)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.cancels[s.next] = cancel
	return ctx
}

func (s *Stopper) KeptClean(parent context.Context, do func(context.Context)) {
	do(s.keptClean(parent))
}
