package place

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file recognises objects that only a map knows, as its keys or its entries, and
// that are taken out of it without being ended. How they came there does not matter.

// Forgotten returns the deletions from maps whose members are objects that have e's
// place, which end nothing, where nobody else may: whatever releases what is in that
// place has its object from the same map, or takes it out of there as well.
//
//	case c := <-h.unregister:
//		delete(h.clients, c)
func (t *Table) Forgotten(e *Entry) []Loss {
	if e.Elem || e.Inner != "" || !e.Var.IsField() || e.Var.Exported() || slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return !onlyStored(c) }) {
		return nil
	}
	var all []Loss
	for _, fn := range t.touching(e.Var) {
		for instr := range flow.Instrs(fn) {
			m, k := deleted(instr)
			if m == nil {
				continue
			}
			object := t.member(m, k, e)
			from := object.Root
			if from == m {
				from = k // what is there is found by it
			}
			if object.Root == nil || t.seenToByOthers(e, fn, from, m) {
				continue
			}
			if t.reachedBy(e, flow.PlaceOf(m, true)) && t.endsNothing(e, flow.Distinct(object), from, instr) {
				all = append(all, Loss{At: instr, From: flow.PlaceOf(m, true), Removal: true})
			}
		}
	}
	return all
}

// member is e's value in the object that goes where m[k] is deleted, if m is a place:
// k itself, that of whose fields k is one, or what is there. Of what is there, where
// e is known to be held, Losses tells.
func (t *Table) member(m, k ssa.Value, e *Entry) flow.Name {
	if !flow.PlaceOf(m, true).Known() {
		return flow.Name{}
	}
	owner := func(v types.Type) string {
		p, ok := types.Unalias(v).Underlying().(*types.Pointer)
		if !ok || fieldPath(p.Elem(), e.Var, 0) == "" {
			return ""
		}
		return "*" + fieldPath(p.Elem(), e.Var, 0)
	}
	if path := owner(k.Type()); path != "" {
		return flow.Name{Root: k, Path: path}
	}
	path := owner(m.Type().Underlying().(*types.Map).Elem())
	if path == "" || slices.ContainsFunc(t.Entries, func(o *Entry) bool { return o.Place == e.Place }) {
		return flow.Name{}
	}
	if load, ok := k.(*ssa.UnOp); ok {
		if field, ok := load.X.(*ssa.FieldAddr); ok && owner(field.X.Type()) != "" {
			return flow.Name{Root: field.X, Path: owner(field.X.Type())}
		}
	}
	cell := flow.MapCell(m, k)
	return flow.Name{Root: cell.Root, Path: cell.Path + path}
}

// seenToByOthers reports whether the object that fn knows as v, and deletes from m, may
// be ended by whoever else has it. Of one that is the key of the turn of a range over m,
// or has come out of a channel, nobody is known to have it, unless it was sent for
// having ended.
func (t *Table) seenToByOthers(e *Entry, fn *ssa.Function, v, m ssa.Value) bool {
	if over := flow.RangedOver(v); over != nil && flow.PlaceOf(over, true) == flow.PlaceOf(m, true) {
		return false
	}
	if ch := receivedFrom(v); ch != nil {
		return t.sentWhenDone(ch)
	}
	return t.seenToElsewhere(e, fn) || t.madeByCaller(fn, v)
}

// receivedFrom is the channel out of which v has come, or nil.
func receivedFrom(v ssa.Value) ssa.Value {
	if e, ok := v.(*ssa.Extract); ok {
		if sel, ok := e.Tuple.(*ssa.Select); ok && e.Index >= 2 {
			received := slices.DeleteFunc(slices.Clone(sel.States), func(st *ssa.SelectState) bool { return st.Dir != types.RecvOnly })
			return received[e.Index-2].Chan
		}
		v = e.Tuple
	}
	if from, ok := v.(*ssa.UnOp); ok && from.Op == token.ARROW {
		return from.X
	}
	return nil
}

// sentWhenDone reports whether a function that sends to ch, or one that it calls, asks
// for the end of a context: what it sends may be what has ended.
//
//	<-ctx.Done()
//	h.unregister <- c
func (t *Table) sentWhenDone(ch ssa.Value) bool {
	place := flow.PlaceOf(ch, false)
	if !place.Known() {
		return true
	}
	var asks func(fn *ssa.Function, deep int) bool
	asks = func(fn *ssa.Function, deep int) bool {
		for instr := range flow.Instrs(fn) {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if v := call.Value(); v != nil && (flow.AskedOf(v, "Done") != nil || flow.AskedOf(v, "Err") != nil) {
				return true
			}
			if _, beside := call.(*ssa.Go); deep > 0 && !beside {
				if callee := flow.Resolve(call.Common()); callee.Fn != nil && asks(callee.Fn, deep-1) {
					return true
				}
			}
		}
		return false
	}
	for instr := range t.prog.Instrs {
		if slices.ContainsFunc(sentTo(instr), func(to ssa.Value) bool { return flow.PlaceOf(to, false) == place }) {
			for fn := instr.Parent(); fn != nil; fn = fn.Parent() {
				if asks(fn, 2) {
					return true
				}
			}
		}
	}
	return false
}

// sentTo are the channels to which instr may send.
func sentTo(instr ssa.Instruction) []ssa.Value {
	var all []ssa.Value
	switch instr := instr.(type) {
	case *ssa.Send:
		all = append(all, instr.Chan)
	case *ssa.Select:
		for _, st := range instr.States {
			if st.Dir == types.SendOnly {
				all = append(all, st.Chan)
			}
		}
	}
	return all
}

// onlyStored reports whether the release function that c makes goes to a place, and
// nowhere else.
func onlyStored(c *summary.Creation) bool {
	release := flow.ResultOf(c.Call, c.Result.Index)
	return !c.Owner() && release != nil && !slices.ContainsFunc(*release.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.Store:
			_, field := ref.Addr.(*ssa.FieldAddr)
			return !field || ref.Val != release
		}
		return true
	})
}

// deleted are the map and the key of the entry that instr deletes, or nil.
func deleted(instr ssa.Instruction) (m, key ssa.Value) {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return nil, nil
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "delete" {
		return nil, nil
	}
	return call.Call.Args[0], call.Call.Args[1]
}

// madeByCaller reports whether v is a parameter of fn for which some caller gives what
// a constructor has just made: it owes the release, and is told so.
func (t *Table) madeByCaller(fn *ssa.Function, v ssa.Value) bool {
	param, ok := v.(*ssa.Parameter)
	return ok && slices.ContainsFunc(t.prog.Callers(fn), func(site ssa.CallInstruction) bool {
		at, ok := inCaller(site, fn, flow.Name{Root: param})
		return ok && slices.ContainsFunc(t.set.Creations(site.Parent()), func(c *summary.Creation) bool { return at.Root == ssa.Value(c.Call) })
	})
}

// reachedBy reports whether all that release what is in e's place, of which there is
// something, have the object from the map that is place, or take it out.
func (t *Table) reachedBy(e *Entry, place flow.Place) bool {
	seen := make(map[*ssa.Function]bool)
	var reached func(fn *ssa.Function) bool
	reached = func(fn *ssa.Function) bool {
		switch {
		case fn == nil:
			return false
		case seen[fn]:
			return true
		}
		seen[fn] = true
		for instr := range flow.Instrs(fn) {
			if r, ok := instr.(*ssa.Range); ok && flow.PlaceOf(r.X, true) == place {
				return true
			}
			if m, _ := deleted(instr); m != nil && flow.PlaceOf(m, true) == place {
				return true
			}
		}
		sites := t.prog.Callers(fn)
		obj := fn.Object()
		return obj != nil && !obj.Exported() && len(sites) > 0 && len(t.prog.Mentions(fn)) == 0 &&
			!slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool { return !reached(site.Parent()) })
	}
	releasers := t.set.Releasers(e.Place)
	for fn := range releasers {
		if !reached(fn) {
			return false
		}
	}
	return len(releasers) > 0
}

// endsNothing reports whether member, e's value in the object that at deletes, and that
// is known since from, is alive on some path there, and is neither released nor handed
// on by any from there.
func (t *Table) endsNothing(e *Entry, member flow.Name, from ssa.Value, at ssa.Instruction) bool {
	s := &flow.Subject{
		Fn: at.Parent(), Methods: e.Methods, Place: e.Place, Base: baseOf(member, e),
		Names: []flow.Start{{Name: member, Held: true, Place: e.Place}},
	}
	made, _ := from.(ssa.Instruction)
	if made != nil && made.Parent() == s.Fn {
		s.After = made
	}
	alive, another := false, false
	s.Watch = func(instr ssa.Instruction) bool {
		alive = alive || instr == at
		another = another || instr == at || instr == made
		return instr == at || instr == made
	}
	if o := flow.Explore(t.set, s); o.Overflow != "" || !alive {
		return false
	}
	s.After, another = at, false
	o := flow.Explore(t.set, s)
	return o.Overflow == "" && !o.Has(flow.Released, flow.Escaped, flow.Returned) && (another || o.Has(flow.Lost, flow.Held, flow.Unchanged))
}
