package flow

// This file follows what runs later or beside: goroutines, deferred calls,
// callbacks and closures.

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// runner applies a call that runs its argument f, now or later.
func (r *run) runner(instr ssa.CallInstruction, callee Callee, f ssa.Value, when source.Run, s *state) []*state {
	if when == source.OnDone && len(callee.Args) > 0 && s.holds(self, Name{callee.Args[0], ""}) {
		return []*state{s} // waits for what only the release would bring
	}
	if when == source.Returned {
		if v, ok := instr.(*ssa.Call); ok && r.mayRelease(f, s) {
			return []*state{s.add(item{Name: Name{v, ""}})}
		}
		return []*state{s}
	}
	if call, ok := instr.(*ssa.Call); ok {
		if next, ok := r.timed(call, callee, s); ok {
			return []*state{next}
		}
	}
	if s.holds(owed, Name{f, ""}) {
		if inner := resolveValue(f, nil, 0); !inner.Literal {
			return r.released(instr, s)
		}
	}
	return r.started(instr, s, func(s *state) []*state { return r.apart(instr, f, s) })
}

// apart applies a call of f without arguments.
func (r *run) apart(instr ssa.CallInstruction, f ssa.Value, s *state) []*state {
	inner := resolveValue(f, nil, 0)
	switch {
	case inner.Fn == nil && s.holds(owed, Name{f, ""}):
		return r.released(instr, s)
	case inner.Fn == nil:
		return r.unknown(instr, []ssa.Value{f}, s)
	case inner.Literal:
		return r.literal(instr, inner, s)
	case len(inner.Args) == 0:
		return []*state{s}
	}
	return r.static(instr, inner, s)
}

// mayRelease reports whether calling f releases or hands on the value on some
// path.
func (r *run) mayRelease(f ssa.Value, s *state) bool {
	if s.holds(owed, Name{f, ""}) {
		return true
	}
	ends, after := r.tried(f, s)
	return slices.ContainsFunc(ends, takesOver) ||
		slices.ContainsFunc(after, func(t *state) bool { return len(t.heldItems()) > len(s.heldItems()) })
}

// mayEndAbove reports whether calling f ends a context above on some path.
func (r *run) mayEndAbove(f ssa.Value, s *state) bool {
	ends, _ := r.tried(f, s)
	return slices.ContainsFunc(ends, func(e End) bool { return e.above })
}

// tried is what a call of f would lead to.
func (r *run) tried(f ssa.Value, s *state) (ends []End, after []*state) {
	sub := *r
	sub.ends = nil
	sub.subject = r.subject.nested()
	sub.spawned++
	// What it returns is of no interest, so the call is as good as deferred.
	after = sub.apart(&ssa.Defer{}, f, s)
	r.states, r.overflow = sub.states, cmp.Or(r.overflow, sub.overflow)
	return sub.ends, after
}

// nested is the subject of a question that following s raised.
func (s *Subject) nested() *Subject {
	c := *s
	c.Watch, c.inner = nil, true
	return &c
}

// takesOver reports whether e means that someone else sees to the release.
func takesOver(e End) bool {
	return e.Kind == Released || e.Kind == Escaped || e.Kind == Held || e.above
}

// started applies f, which runs beside the caller: where some path of it
// releases the value or hands it on, it is done with; else the caller goes on
// as before.
func (r *run) started(instr ssa.Instruction, s *state, f func(*state) []*state) []*state {
	outer := r.ends
	r.ends = nil
	r.spawned++
	after := f(s.with(func(c *state) { c.waited = false }))
	r.spawned--
	ends := r.ends
	r.ends = outer
	if i := slices.IndexFunc(ends, takesOver); i >= 0 {
		waited := !slices.ContainsFunc(ends, func(e End) bool { return takesOver(e) && !(e.Kind == Released && e.Waited) })
		e := s.path(End{Kind: ends[i].Kind, At: instr, Waited: waited, Names: ends[i].Names})
		e.Failing = !slices.ContainsFunc(ends, func(e End) bool { return takesOver(e) && !e.Failing })
		r.end(e)
		_, isGo := instr.(*ssa.Go)
		if isGo && !r.subject.inner && len(after) > 0 && !slices.ContainsFunc(ends, func(e End) bool { return e.Kind != Released && e.Kind != Settled }) {
			// The goroutine has another end, which releases nothing.
			return []*state{s}
		}
		late := !slices.ContainsFunc(ends, func(e End) bool { return takesOver(e) && !(e.Kind == Released && (e.Waited || e.late)) })
		if isGo && late && r.depth == 0 && !r.subject.inner {
			return []*state{s.with(func(c *state) { c.beside = true })}
		}
		return nil
	}
	// What the goroutine hands to memory that others see counts as well.
	for _, t := range after {
		s = s.add(t.heldItems()...)
	}
	return []*state{s}
}

// spawn applies a go statement.
func (r *run) spawn(instr *ssa.Go, s *state) []*state {
	s = s.share(instr, Resolve(instr.Common()))
	return r.started(instr, s, func(s *state) []*state { return r.invoke(instr, s) })
}

// deferred applies a defer statement: a direct release is certain from here
// on, the rest is decided when the deferred calls run.
func (r *run) deferred(instr *ssa.Defer, s *state) []*state {
	if instr == r.subject.Ignore {
		return []*state{s}
	}
	c := instr.Common()
	if callee := Resolve(c); !callee.Literal && !c.IsInvoke() && s.holds(owed, Name{c.Value, ""}) {
		r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited, Defer: instr}))
		return nil
	}
	if !c.IsInvoke() && s.holds(above, Name{c.Value, ""}) {
		r.end(s.path(End{Kind: Settled, At: instr, above: true}))
		return nil
	}
	if decidedAtOnce(instr) {
		return []*state{s}
	}
	if instr.DeferStack != nil { // runs when an enclosing function returns
		return r.invoke(instr, s)
	}
	if t := s.take(instr); t != s {
		s = t
		if mc, ok := c.Value.(*ssa.MakeClosure); ok && r.depth == 0 && !slices.Contains(r.looped, instr) && r.mayRelease(mc, s) {
			r.looped = append(r.looped, instr)
		}
	}
	if slices.Contains(s.defers, instr) {
		return []*state{s}
	}
	return []*state{s.with(func(n *state) { n.defers = append(slices.Clone(s.defers), instr) })}
}

// decidedAtOnce reports whether what d may release is known when it is deferred:
// it calls what some call returned or a variable holds, and hands it nothing.
func decidedAtOnce(d *ssa.Defer) bool {
	c := d.Common()
	if c.IsInvoke() || len(c.Args) > 0 || d.DeferStack != nil {
		return false
	}
	switch c.Value.(type) {
	case *ssa.Call, *ssa.Extract:
		return true
	case *ssa.UnOp: // what a variable holds, and not what it is assigned later
		return Resolve(c).Fn == nil
	}
	return false
}

// take notes what a deferred call in a loop is given of the value: its
// arguments, its receiver, and what its function literal captured.
func (s *state) take(d *ssa.Defer) *state {
	if len(s.items) == 0 || len(LoopsAround(d.Block())) == 0 {
		return s
	}
	operands := slices.Clone(d.Call.Args)
	if mc := Resolve(&d.Call).Closure; mc != nil {
		operands = append(operands, mc.Bindings...)
	} else if d.Call.IsInvoke() {
		operands = append(operands, d.Call.Value)
	}
	return s.give(d, func(as Name) Name { return s.outermost(as) }, operands...)
}

// give notes that d has what is under operands, and at what names that is.
func (s *state) give(d *ssa.Defer, at func(Name) Name, operands ...ssa.Value) *state {
	var given []taken
	for _, v := range operands {
		for _, it := range s.owedUnder(Name{v, ""}) {
			as := Name{v, it.Path}
			if !slices.ContainsFunc(s.taken, func(k taken) bool { return k.by == d && k.as == as }) {
				given = append(given, taken{d, as, at(as)})
			}
		}
	}
	if len(given) == 0 {
		return s
	}
	return s.with(func(c *state) { c.taken = append(slices.Clone(s.taken), given...) })
}

// leave notes what the pending deferred calls have of the value by way of the
// captured variable a, which is about to become that of a loop's next turn.
func (s *state) leave(a *ssa.Alloc) *state {
	for _, d := range s.defers {
		if mc := Resolve(&d.Call).Closure; mc != nil && slices.Contains(mc.Bindings, ssa.Value(a)) {
			s = s.give(d, func(Name) Name { return Name{} }, a)
		}
	}
	return s
}

// giveBack names again what d was given, where the name it had is another's now, or
// leads elsewhere.
func (s *state) giveBack(d *ssa.Defer) *state {
	if len(s.taken) == 0 {
		return s
	}
	var names []item
	left := slices.DeleteFunc(slices.Clone(s.taken), func(k taken) bool {
		if as := s.outermost(k.as); k.by == d && k.at != as {
			names = append(names, item{Name: k.as, back: true}, item{Name: as, back: true})
		}
		return k.by == d
	})
	s = s.with(func(c *state) { c.taken = left })
	if len(names) == 0 {
		return s
	}
	// What is known of the names is of those of a later turn.
	return s.forget(func(o operand) bool {
		return slices.ContainsFunc(names, func(it item) bool { return it.Root == o.root })
	}).add(names...)
}

// runDefers runs the pending deferred calls, latest first.
func (r *run) runDefers(s *state) []*state {
	states := []*state{s.with(func(c *state) { c.defers = nil })}
	for i := len(s.defers) - 1; i >= 0; i-- {
		var next []*state
		outer := r.deferring
		if r.depth == 0 {
			r.deferring = s.defers[i]
		}
		for _, t := range states {
			for _, u := range r.invoke(s.defers[i], t.giveBack(s.defers[i])) {
				if r.alive(u, s.defers[i]) {
					next = append(next, u)
				}
			}
		}
		states = next
		r.deferring = outer
	}
	return states
}

// capture transfers the making of a closure: where calling it may release the
// value, the closure is one more name of it.
func (r *run) capture(instr *ssa.MakeClosure, s *state) []*state {
	if r.concerns(instr, s) && !calledOnly(instr) && r.mayRelease(instr, s) {
		s = s.add(item{Name: Name{instr, ""}})
	}
	return []*state{s}
}

// calledOnly reports whether f is but called or started where it is made, where it is
// followed.
func calledOnly(f *ssa.MakeClosure) bool {
	return !slices.ContainsFunc(*f.Referrers(), func(use ssa.Instruction) bool {
		call, ok := use.(ssa.CallInstruction)
		_, later := use.(*ssa.Defer)
		return !ok || later || call.Common().Value != f
	})
}

// capturedEarlier reports whether the variable a, which has just received the
// value, was captured by a function literal that has already been handed to
// others and that releases what it finds there.
func (r *run) capturedEarlier(s *state, a *ssa.Alloc, at ssa.Instruction) bool {
	if a.Referrers() == nil {
		return false
	}
	for _, ref := range *a.Referrers() {
		mc, ok := ref.(*ssa.MakeClosure)
		if !ok || mc.Referrers() == nil {
			continue
		}
		handed := slices.ContainsFunc(*mc.Referrers(), func(u ssa.Instruction) bool {
			switch u := u.(type) {
			case *ssa.Defer:
				return u.Call.Value != mc
			case *ssa.Call:
				return u.Call.Value != mc
			case *ssa.DebugRef:
				return false
			}
			return true
		})
		if handed && (mc.Parent() != at.Parent() || !madeBetween(a, mc, at)) && r.mayRelease(mc, s) {
			return true
		}
	}
	return false
}

// DominatedBy reports whether instr certainly runs after at.
func DominatedBy(instr, at ssa.Instruction) bool {
	if instr.Block() == at.Block() {
		b := at.Block().Instrs
		return slices.Index(b, instr) > slices.Index(b, at)
	}
	return instr.Parent() == at.Parent() && at.Block().Dominates(instr.Block())
}
