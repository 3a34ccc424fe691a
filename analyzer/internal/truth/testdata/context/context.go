// Package context stands in for the real one in a program that is run: it
// tells package rt of each context that is created.
package context

import (
	"context"
	"time"

	"oracle/rt"
)

type (
	Context         = context.Context
	CancelFunc      = context.CancelFunc
	CancelCauseFunc = context.CancelCauseFunc
)

var Canceled = context.Canceled

func Cause(ctx Context) error { return context.Cause(ctx) }

func WithCancel(parent Context) (Context, CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	rt.Created(ctx)
	return ctx, cancel
}

func WithCancelCause(parent Context) (Context, CancelCauseFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	rt.Created(ctx)
	return ctx, cancel
}

func WithTimeout(parent Context, d time.Duration) (Context, CancelFunc) {
	ctx, cancel := context.WithTimeout(parent, d)
	rt.Created(ctx)
	return ctx, cancel
}

func WithDeadline(parent Context, t time.Time) (Context, CancelFunc) {
	ctx, cancel := context.WithDeadline(parent, t)
	rt.Created(ctx)
	return ctx, cancel
}
