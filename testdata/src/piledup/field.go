package piledup

// A context in a field is derived from itself on every call.

import (
	"context"
	"time"

	"piledup/dep"
)

// Log is the state of one connection.
type Log struct {
	base context.Context
	ctx  context.Context
	emit func(context.Context, string)
}

// NewLog returns a log under ctx.
func NewLog(ctx context.Context, emit func(context.Context, string)) *Log {
	return &Log{base: ctx, ctx: ctx, emit: emit}
}

func (l *Log) tagLeaks(tag string) {
	l.ctx = context.WithValue(l.ctx, key{"tag"}, tag) // want `\[piledup\]`
}

// ServeLeaks tags at every turn.
func (l *Log) ServeLeaks(in <-chan string) {
	for s := range in {
		l.tagLeaks(s)
		l.emit(l.ctx, s)
	}
}

// Tags is like Log, and derives from what it began with.
type Tags struct {
	base context.Context
	ctx  context.Context
	emit func(context.Context, string)
}

// NewTags returns tags under ctx.
func NewTags(ctx context.Context, emit func(context.Context, string)) *Tags {
	return &Tags{base: ctx, ctx: ctx, emit: emit}
}

func (t *Tags) tagClean(tag string) {
	t.ctx = context.WithValue(t.base, key{"tag"}, tag)
}

// ServeClean tags at every turn.
func (t *Tags) ServeClean(in <-chan string) {
	for s := range in {
		t.tagClean(s)
		t.emit(t.ctx, s)
	}
}

// Marks derives in the loop itself.
type Marks struct {
	ctx context.Context
}

// NewMarks returns marks under ctx.
func NewMarks(ctx context.Context) *Marks { return &Marks{ctx: ctx} }

// LoopLeaks derives at every turn.
func (m *Marks) LoopLeaks(in <-chan string, do func(context.Context)) {
	for s := range in {
		m.ctx = context.WithValue(m.ctx, key{"mark"}, s) // want `\[piledup\]`
		do(m.ctx)
	}
}

// LoopClean derives for the turn.
func (m *Marks) LoopClean(in <-chan string, do func(context.Context)) {
	for s := range in {
		do(context.WithValue(m.ctx, key{"mark"}, s))
	}
}

// HelperLeaks derives through a helper of another package, at every turn.
func (m *Marks) HelperLeaks(in <-chan string, do func(context.Context)) {
	for s := range in {
		m.ctx = dep.WithField(m.ctx, "mark", s) // want `\[piledup\]`
		do(m.ctx)
	}
}

// HelperClean derives at the first turn only.
func (m *Marks) HelperClean(in <-chan string, do func(context.Context)) {
	for s := range in {
		m.ctx = dep.SetField(m.ctx, "mark", s)
		do(m.ctx)
	}
}

// RestoreClean puts back what was there at the end of each turn.
func (m *Marks) RestoreClean(in <-chan string, do func(context.Context)) {
	for s := range in {
		outer := m.ctx
		m.ctx = context.WithValue(outer, key{"mark"}, s)
		do(m.ctx)
		m.ctx = outer
	}
}

// SliceClean adds a value for each of a slice.
func (m *Marks) SliceClean(names []string) {
	for _, name := range names {
		m.ctx = context.WithValue(m.ctx, key{name}, true)
	}
}

// Stage is a step of a pipeline, and immutable.
type Stage struct {
	ctx context.Context
}

// NewStage returns a stage under ctx.
func NewStage(ctx context.Context) *Stage { return &Stage{ctx: ctx} }

// WithClean returns a copy with another value.
func (s *Stage) WithClean(name, value string) *Stage {
	s2 := *s
	s2.ctx = context.WithValue(s.ctx, key{name}, value)
	return &s2
}

// EachClean makes a copy for every turn, from the same stage.
func (s *Stage) EachClean(in <-chan string, do func(context.Context)) {
	for v := range in {
		do(s.WithClean("value", v).ctx)
	}
}

// Meter limits each reading.
type Meter struct {
	ctx context.Context
}

// NewMeter returns a meter under ctx.
func NewMeter(ctx context.Context) *Meter { return &Meter{ctx: ctx} }

func (m *Meter) readLeaks(f func(context.Context)) {
	var cancel context.CancelFunc
	m.ctx, cancel = context.WithTimeout(m.ctx, time.Second) // want `\[piledup\]`
	defer cancel()
	f(m.ctx)
}

// RunLeaks reads at every tick.
func (m *Meter) RunLeaks(tick <-chan time.Time, f func(context.Context)) {
	for range tick {
		m.readLeaks(f)
	}
}

func (m *Meter) readClean(f func(context.Context)) {
	ctx, cancel := context.WithTimeout(m.ctx, time.Second)
	defer cancel()
	f(ctx)
}

// RunClean reads at every tick.
func (m *Meter) RunClean(tick <-chan time.Time, f func(context.Context)) {
	for range tick {
		m.readClean(f)
	}
}

// Lazy derives when it has no context yet.
type Lazy struct {
	base context.Context
	ctx  context.Context
}

// NewLazy returns one under ctx.
func NewLazy(ctx context.Context) *Lazy { return &Lazy{base: ctx} }

func (l *Lazy) contextClean() context.Context {
	if l.ctx == nil {
		l.ctx = context.WithValue(l.base, key{"lazy"}, true)
	}
	return l.ctx
}

// RunClean asks for it at every turn.
func (l *Lazy) RunClean(in <-chan string, do func(context.Context, string)) {
	for s := range in {
		do(l.contextClean(), s)
	}
}

var globalCtx = context.Background()

func noteLeaks(s string) {
	globalCtx = context.WithValue(globalCtx, key{"note"}, s) // want `\[piledup\]`
}

// NotesLeaks notes every value in a global.
func NotesLeaks(in <-chan string, do func(context.Context)) {
	for s := range in {
		noteLeaks(s)
		do(globalCtx)
	}
}

// NotesClean leaves the global alone.
func NotesClean(in <-chan string, do func(context.Context)) {
	for s := range in {
		do(context.WithValue(globalCtx, key{"note"}, s))
	}
}
