package unclosed

// "The one that is shared": what a function has published is its place's, not its
// caller's.

import (
	"context"
	"sync/atomic"
)

type stream struct{ cancel context.CancelFunc }

func (s *stream) close() { s.cancel() }

func newStream(parent context.Context) *stream {
	ctx, cancel := context.WithCancel(parent)
	go func() { <-ctx.Done() }()
	return &stream{cancel}
}

// Shared has one stream for all.
type Shared struct {
	root context.Context
	cur  atomic.Pointer[stream]
}

func (s *Shared) get() *stream {
	if c := s.cur.Load(); c != nil {
		return c
	}
	n := newStream(s.root)
	if !s.cur.CompareAndSwap(nil, n) {
		n.close()
		return s.cur.Load()
	}
	return n
}

func (s *Shared) UseClean(n int) bool {
	for range n {
		s.get()
	}
	return s.get() != nil
}

func (s *Shared) Close() {
	if c := s.cur.Swap(nil); c != nil {
		c.close()
	}
}

// own leaves what it made to the caller where it was not published.
func (s *Shared) own() *stream {
	n := newStream(s.root) // want `\[unclosed\]`
	if !s.cur.CompareAndSwap(nil, n) {
		return s.cur.Load()
	}
	return n
}

func (s *Shared) OwnClean() bool { return s.own() != nil }
