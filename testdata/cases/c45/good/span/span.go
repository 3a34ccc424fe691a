// Package span marks parts of the work in contexts.
package span

import (
	"context"
	"sync/atomic"
	"time"
)

type spanKey struct{}

// Span is a part of the work.
type Span struct {
	Name   string
	Parent *Span
	Start  time.Time
	took   atomic.Int64
	end    context.CancelFunc
}

// Start begins a span below the one of ctx. End must be called.
func Start(ctx context.Context, name string) (context.Context, *Span) {
	parent, _ := ctx.Value(spanKey{}).(*Span)
	ctx, cancel := context.WithCancel(ctx)
	s := &Span{Name: name, Parent: parent, Start: time.Now(), end: cancel}
	return context.WithValue(ctx, spanKey{}, s), s
}

// End ends the span and its context.
func (s *Span) End() {
	s.took.Store(int64(time.Since(s.Start)))
	s.end()
}

// Took is how long the span took, once it has ended.
func (s *Span) Took() time.Duration { return time.Duration(s.took.Load()) }
