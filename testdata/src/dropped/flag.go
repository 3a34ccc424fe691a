package dropped

// "A flag that a method gets": the test is of the field.

import (
	"context"
	"sync"
)

type part struct {
	mu     sync.Mutex
	cancel context.CancelFunc
	over   bool
}

func (p *part) isOver() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.over
}

// end is all that sets over.
func (p *part) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel()
	p.over = true
}

// Parts are removed once they are over.
type Parts struct{ m map[string]*part }

func (s *Parts) Add(parent context.Context, id string, run func(context.Context)) {
	if s.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	s.m[id] = &part{cancel: cancel}
	go run(ctx)
}

func (s *Parts) End(id string) {
	if p := s.m[id]; p != nil {
		p.end()
	}
}

func (s *Parts) OverClean() {
	for id, p := range s.m {
		if p.isOver() {
			delete(s.m, id)
		}
	}
}

func (s *Parts) GoingLeaks() {
	for id, p := range s.m {
		if !p.isOver() {
			delete(s.m, id) // want `\[dropped\]`
		}
	}
}

func (s *Parts) FieldClean() {
	for id, p := range s.m {
		if p.over {
			delete(s.m, id)
		}
	}
}
