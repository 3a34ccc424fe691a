// Package collectors runs metric collectors at their own pace.
package collectors

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Sample is one measurement.
type Sample struct {
	Name  string
	Value float64
	At    time.Time
}

type collector struct {
	name    string
	every   time.Duration
	measure func(ctx context.Context) (float64, error)
	cancel  context.CancelFunc
}

func (c *collector) run(ctx context.Context, out chan<- Sample) {
	t := time.NewTicker(c.every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			v, err := c.measure(ctx)
			if err != nil {
				continue
			}
			select {
			case out <- Sample{Name: c.name, Value: v, At: now}:
			case <-ctx.Done():
				return
			}
		}
	}
}

// Set is a set of collectors.
type Set struct {
	mu         sync.Mutex
	running    bool
	collectors []collector
	out        chan<- Sample
}

// NewSet returns a set that sends its samples to out.
func NewSet(out chan<- Sample) *Set { return &Set{out: out} }

// Add adds a collector.
func (s *Set) Add(name string, every time.Duration, measure func(context.Context) (float64, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.collectors = append(s.collectors, collector{name: name, every: every, measure: measure})
	slices.SortFunc(s.collectors, func(a, b collector) int { return int(a.every - b.every) })
}

// Start starts the collectors.
func (s *Set) Start(parent context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running {
		return
	}
	s.running = true
	for _, c := range s.collectors {
		ctx, cancel := context.WithCancel(parent) // LEAK
		c.cancel = cancel                         // LEAK
		go c.run(ctx, s.out)
	}
}

// Stop stops the collectors.
func (s *Set) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.collectors {
		if cancel := s.collectors[i].cancel; cancel != nil {
			cancel()
			s.collectors[i].cancel = nil
		}
	}
	s.running = false
}
