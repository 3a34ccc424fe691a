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

// pump is a part of an engine, made by a function of its own.
type pump struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func newPump(ctx context.Context, cancel context.CancelFunc) pump {
	return pump{ctx: ctx, cancel: cancel}
}

// PumpedClean has the pump's cancel function as its own.
type PumpedClean struct {
	pump
	work chan string
}

// NewPumpedClean starts it.
func NewPumpedClean(parent context.Context, give func(*PumpedClean)) *PumpedClean {
	ctx, cancel := context.WithCancel(parent)
	e := &PumpedClean{pump: newPump(ctx, cancel), work: make(chan string)}
	give(e)
	return e
}

// Stop ends it.
func (e *PumpedClean) Stop() { e.cancel() }

type motor struct {
	ctx context.Context
	end context.CancelFunc
}

func newMotor(ctx context.Context, end context.CancelFunc) motor { return motor{ctx: ctx, end: end} }

// MotoredLeaks has a motor that nothing ends.
type MotoredLeaks struct {
	motor
	work chan string
}

// NewMotoredLeaks starts it.
func NewMotoredLeaks(parent context.Context) *MotoredLeaks {
	ctx, end := context.WithCancel(parent) // want `\[neverreleased\]`
	e := &MotoredLeaks{motor: newMotor(ctx, end), work: make(chan string)}
	go work(ctx)
	return e
}

// Stop forgets the motor.
func (e *MotoredLeaks) Stop() { close(e.work) }
