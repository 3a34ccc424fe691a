package neverreleased

// A cancel is stored in an embedded struct's field, which is the same place under every name.

import "context"

type lifetimeLeaks struct {
	cancel context.CancelFunc
}

// EmbeddedLeaks sets the promoted field; neither it nor the embedded struct calls it.
type EmbeddedLeaks struct {
	lifetimeLeaks
	name string
}

// NewEmbeddedLeaks starts the work called name.
func NewEmbeddedLeaks(parent context.Context, name string) *EmbeddedLeaks {
	e := &EmbeddedLeaks{name: name}
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	e.cancel = cancel
	go work(ctx)
	return e
}

type lifetimeClean struct {
	cancel context.CancelFunc
}

// Close ends the lifetime.
func (l *lifetimeClean) Close() { l.cancel() }

// EmbeddedClean sets the promoted field; its Close is promoted too.
type EmbeddedClean struct {
	lifetimeClean
	name string
}

// NewEmbeddedClean starts the work called name.
func NewEmbeddedClean(parent context.Context, name string) *EmbeddedClean {
	e := &EmbeddedClean{name: name}
	ctx, cancel := context.WithCancel(parent)
	e.cancel = cancel
	go work(ctx)
	return e
}

type span struct {
	end context.CancelFunc
}

// PointerClean embeds a pointer and calls the field through it, in a method with a value receiver.
type PointerClean struct {
	*span
}

// NewPointerClean starts the work.
func NewPointerClean(parent context.Context) PointerClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return PointerClean{span: &span{end: cancel}}
}

// Stop ends the work.
func (p PointerClean) Stop() { p.end() }

type spanLeaks struct {
	end context.CancelFunc
}

// PointerLeaks embeds a pointer and compares it.
type PointerLeaks struct {
	*spanLeaks
}

// NewPointerLeaks starts the work.
func NewPointerLeaks(parent context.Context) PointerLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return PointerLeaks{spanLeaks: &spanLeaks{end: cancel}}
}

// Started reports whether the work has begun.
func (p PointerLeaks) Started() bool { return p.spanLeaks != nil }
