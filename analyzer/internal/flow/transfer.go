package flow

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// transfer is the effect of one instruction. No state: the path ends there.
func (r *run) transfer(instr ssa.Instruction, s *state) []*state {
	if v, ok := instr.(ssa.Value); ok {
		var appended []item
		switch v := v.(type) {
		case *ssa.Alloc:
			s = s.leave(v)
		case *ssa.Call:
			// Before the redefinition: in a loop, one argument is the
			// result of the turn before.
			appended = s.appended(v)
		}
		s = s.redefined(v).add(appended...)
		if instr == r.subject.After {
			// A loop makes another one, whose own name is another key.
			s = s.renamed("[" + v.Name() + "#").renamed("[" + v.Name() + "*")
		}
	}
	switch instr := instr.(type) {
	case *ssa.Store:
		return r.store(instr, s)
	case *ssa.MapUpdate:
		n := Name{instr.Map, key(instr.Key)}
		values := s.under(Name{instr.Value, ""})
		s = r.keyed(instr, s.overwrite(n, instr).resized(instr.Map))
		return r.put(instr, s, n, values, PlaceOf(instr.Map, true))
	case *ssa.Send:
		if r.subject.Passing && !waitsFrom(instr.Block(), instr.Block(), true) {
			s = s.queued(instr, instr.X, instr.Chan)
		}
		if !r.subject.Passing && len(s.owedUnder(Name{instr.X, ""})) > 0 {
			r.handedOver(instr, instr.X, s)
			return nil
		}
	case *ssa.BinOp:
		if phi, ok := instr.X.(*ssa.Phi); ok && r.counters[phi] {
			s = s.countOn(instr, phi)
		}
	case *ssa.UnOp:
		switch instr.Op {
		case token.MUL:
			return []*state{r.copied(instr, s.follow(instr))}
		case token.ARROW:
			if r.doneOfSelf(s, instr.X) {
				r.end(End{Kind: Settled, At: instr})
				return nil
			}
			s = r.wait(s, instr.X).ended(instr.X)
		}
	case *ssa.Lookup:
		return []*state{s.follow(instr)}
	case *ssa.Extract:
		return []*state{s.follow(instr)}
	case *ssa.Select:
		if instr.Blocking {
			s = r.waitForSome(s, instr.States)
		}
		if v := sentOrNot(instr); v != nil && !r.subject.Passing && len(s.owedUnder(Name{v, ""})) > 0 {
			r.handedOver(instr, v, s)
		}
	case *ssa.Range:
		if !r.subject.Passing && len(s.owedUnder(Name{instr.X, ""})) > 0 && r.drains(s, instr.X) {
			r.end(End{Kind: Released, At: instr})
			return nil
		}
	case *ssa.MakeClosure:
		if !r.subject.Passing {
			return r.capture(instr, s)
		}
	case *ssa.Call:
		return r.call(instr, s)
	case *ssa.Defer:
		return r.deferred(instr, s)
	case *ssa.Go:
		return r.spawn(instr, s)
	case *ssa.RunDefers:
		return r.runDefers(s)
	}
	return []*state{s}
}

// queued notes that v, which may lead to a context, was sent to a channel that
// outlives the function, which goes on without waiting for anything.
func (s *state) queued(at ssa.Instruction, v, ch ssa.Value) *state {
	place := PlaceOf(ch, true)
	if !place.Known() {
		return s
	}
	var added []item
	for _, it := range s.owedUnder(Name{v, ""}) {
		by := it.by
		if by == nil {
			by = at
		}
		added = append(added, item{Name: Name{ch, "#sent;" + it.Path}, held: true, place: place, inner: it.Path, by: by, first: place})
	}
	return s.add(added...)
}

// follow gives the value that v loads the names that its memory had, so that
// they survive a later store to that memory.
func (s *state) follow(v ssa.Value) *state {
	out, cut, ok := outward(Name{v, ""})
	if !ok || !cut {
		return s
	}
	return s.add(s.loaded(v, out)...)
}

// loaded are the items found in the memory n, as v has them once it is what was there.
func (s *state) loaded(v ssa.Value, n Name) []item {
	found := s.under(n)
	for i := range found {
		found[i].Name = Name{v, found[i].Path}
		// An element under a key to come is under that in what is loaded as well.
		found[i].held, found[i].given = false, found[i].given && strings.Contains(found[i].Path, "[")
	}
	return found
}

// copied notes that load, the copy of an owner that is more than the receiver of a
// call, can release what the owner can: a release method has no pointer for receiver.
func (r *run) copied(load *ssa.UnOp, s *state) *state {
	receives := func(ref ssa.Instruction) bool { _, call := ref.(ssa.CallInstruction); return call }
	if len(r.subject.Methods) == 0 || r.subject.Passing || !slices.ContainsFunc(referrers(load), func(ref ssa.Instruction) bool { return !receives(ref) }) {
		return s
	}
	whole := func(it item) bool { return it.Path == "" }
	if !slices.ContainsFunc(s.owedUnder(Name{load.X, ""}), whole) {
		return s
	}
	methods := load.Parent().Prog.MethodSets.MethodSet(load.Type())
	for m := range methods.Methods() {
		if slices.Contains(r.subject.Methods, m.Obj().Name()) {
			return s.add(item{Name: Name{load, ""}})
		}
	}
	return s
}

// wait notes that a goroutine waits for a channel that this function neither
// made nor set a timer on, and that nothing in the package closes: whether it
// goes on is up to others.
func (r *run) wait(s *state, ch ssa.Value) *state {
	if r.spawned == 0 || s.waited {
		return s
	}
	n := s.outermost(Name{ch, ""})
	switch v := n.Root.(type) {
	case *ssa.MakeChan:
		return s
	case *ssa.Alloc:
		if n.Path == "*" && !holdsParameter(v) { // a local channel variable
			return s
		}
	case *ssa.Call:
		if f := v.Call.StaticCallee(); f != nil && f.Pkg != nil && f.Pkg.Pkg.Path() == "time" {
			return s
		}
	}
	if c, ok := ch.Type().Underlying().(*types.Chan); ok && c.Elem().String() == "time.Time" {
		return s
	}
	if p := PlaceOf(ch, false); p.Known() && r.oracle.Closed(p) {
		return s // the owner's own way to say that it ends
	}
	return s.with(func(c *state) { c.waited = true })
}

// waitForSome is wait for a select. Where it waits for the context as well, the
// goroutine ends with that, and only the release may be late.
func (r *run) waitForSome(s *state, cases []*ssa.SelectState) *state {
	own := func(c *ssa.SelectState) bool { return c.Dir == types.RecvOnly && r.doneOfSelf(s, c.Chan) }
	i := slices.IndexFunc(cases, func(c *ssa.SelectState) bool { return !own(c) })
	if i < 0 {
		return s
	}
	t := r.wait(s, cases[i].Chan)
	if t != s && slices.ContainsFunc(cases, own) {
		return s.with(func(c *state) { c.late = true })
	}
	return t
}

// holdsParameter reports whether a is the memory of a captured parameter.
func holdsParameter(a *ssa.Alloc) bool {
	for _, ref := range referrers(a) {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == a {
			if _, param := st.Val.(*ssa.Parameter); param {
				return true
			}
		}
	}
	return false
}
