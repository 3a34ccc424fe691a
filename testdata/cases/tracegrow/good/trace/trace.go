// Package trace carries spans in a context.
package trace

import (
	"context"
	"time"
)

type key struct{}

// Span is a part of a trace.
type Span struct {
	Name   string
	Parent *Span
	Began  time.Time
}

// Current returns the span of ctx, or nil.
func Current(ctx context.Context) *Span {
	s, _ := ctx.Value(key{}).(*Span)
	return s
}

// Begin returns a context with a span under the one of ctx.
func Begin(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, key{}, &Span{Name: name, Parent: Current(ctx), Began: time.Now()})
}
