// Package start starts things in the background at most once at a time.
package start

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Lazy starts with the first use.
type Lazy struct {
	run    func(ctx context.Context)
	once   sync.Once
	cancel context.CancelFunc
}

// NewLazy returns a lazy runner.
func NewLazy(run func(context.Context)) *Lazy { return &Lazy{run: run} }

// Use starts run with the first call.
func (l *Lazy) Use(ctx context.Context) {
	l.once.Do(func() {
		ctx, l.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go l.run(ctx)
	})
}

// Close ends run; there is no starting again.
func (l *Lazy) Close() {
	l.once.Do(func() {})
	if l.cancel != nil {
		l.cancel()
	}
}

// Service starts and stops any number of times.
type Service struct {
	run     func(ctx context.Context)
	running atomic.Bool
	cancel  context.CancelFunc
	done    chan struct{}
}

// NewService returns a service.
func NewService(run func(context.Context)) *Service { return &Service{run: run} }

// Start starts the service unless it runs.
func (s *Service) Start(ctx context.Context) bool {
	if !s.running.CompareAndSwap(false, true) {
		return false
	}
	ctx, s.cancel = context.WithCancel(ctx)
	s.done = make(chan struct{})
	go func() {
		defer close(s.done)
		s.run(ctx)
	}()
	return true
}

// Stop stops the service. It must not be called along with Start.
func (s *Service) Stop() {
	if s.running.Load() {
		s.cancel()
		<-s.done
		s.running.Store(false)
	}
}

// Leader runs something while it is elected.
type Leader struct {
	mu      sync.Mutex
	leading bool
	cancel  context.CancelFunc
	lead    func(ctx context.Context)
}

// NewLeader returns a follower.
func NewLeader(lead func(context.Context)) *Leader { return &Leader{lead: lead} }

func (l *Leader) elected(ctx context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.leading {
		return
	}
	l.leading = true
	ctx, l.cancel = context.WithCancel(ctx)
	go l.lead(ctx)
}

func (l *Leader) deposed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.leading {
		return
	}
	l.leading = false
	l.cancel()
}

// Run follows elections until the channel is closed.
func (l *Leader) Run(ctx context.Context, elections <-chan bool) {
	for won := range elections {
		if won {
			l.elected(ctx)
		} else {
			l.deposed()
		}
	}
	l.deposed()
}

// Ensure keeps s running until ctx is done.
func Ensure(ctx context.Context, s *Service, every time.Duration) {
	defer s.Stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		s.Start(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
