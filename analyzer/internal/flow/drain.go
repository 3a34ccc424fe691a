package flow

// This file recognises loops that see to all elements of a container.

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// drains reports whether the function goes over container's elements and
// releases them, or puts them elsewhere: each load of an element is followed on its
// own, for up to half of the states there may be: what takes more counts as drained.
// The loop may run no turn at all; then there was nothing to release.
func (r *run) drains(s *state, container ssa.Value) bool {
	type element struct {
		ssa.Instruction                 // from which it is followed
		Name                            // that it has there
		every           bool            // each element in its turn, also the one that has another name
		turns           *ssa.BasicBlock // where its turn ends, if that is known
	}
	value := func(v ssa.Instruction, every bool, turns *ssa.BasicBlock) element {
		return element{v, Name{v.(ssa.Value), ""}, every, turns}
	}
	var elems []element
	for _, ref := range s.uses(container) {
		switch ref := ref.(type) {
		case *ssa.IndexAddr:
			for _, use := range referrers(ref) {
				if load, ok := use.(*ssa.UnOp); ok {
					elems = append(elems, value(load, counter(ref.Index), nil))
				}
			}
		case *ssa.Lookup:
			if m := keyOf(ref.Index); m != nil && s.outermost(Name{m, ""}) == s.outermost(Name{container, ""}) {
				if v := found(ref); v != nil {
					elems = append(elems, value(v, true, nil))
				}
			}
		case *ssa.Range:
			for _, use := range referrers(ref) {
				next, ok := use.(*ssa.Next)
				if !ok {
					continue
				}
				if v := extracted(next, 2); v != nil {
					elems = append(elems, value(v, true, next.Block()))
				}
				if k := extracted(next, 1); k != nil { // what is called finds it by that
					elems = append(elems, element{k, Outermost(MapCell(container, k)), true, next.Block()})
				}
			}
		}
	}
	for _, e := range elems {
		if r.depth >= maxDepth {
			return true
		}
		sub := *r
		sub.bound = maxStates / 2
		sub.ends, sub.turns = nil, e.turns
		sub.subject = r.subject.nested()
		sub.depth++
		var names []item
		for _, it := range s.owedUnder(e.Name) {
			names = append(names, item{Name: Name{e.Root, e.Path + it.Path}})
		}
		known := len(names) > 0
		if e.every {
			for _, it := range s.owedUnder(Name{container, ""}) {
				if it.Path != "" && it.Path[0] == '[' {
					names = append(names, item{Name: Name{e.Root, e.Path + it.Path[len(firstStep(it.Path)):]}})
				}
			}
		}
		start := (&state{facts: s.facts}).add(names...)
		i := slices.Index(e.Block().Instrs, e.Instruction)
		survives, moved, carried := false, false, false
		sub.walk(e.Block(), i+1, []*state{start}, func(_ *ssa.Return, t *state) {
			switch {
			case len(t.heldItems()) > 0:
				moved = true
			case t.inNewMap():
				carried = true
			default:
				survives = true
			}
		})
		r.states = sub.states
		if sub.overflow != "" {
			return true
		}
		survives = survives || slices.ContainsFunc(sub.ends, func(e End) bool { return !takesOver(e) && e.Kind != Settled })
		moved = moved || slices.ContainsFunc(sub.ends, takesOver)
		// Of an element that may be another, every path has to.
		if known && moved || !survives && (moved || carried) {
			return true
		}
	}
	return false
}

// inNewMap reports whether the value is in a map that the function has made.
func (s *state) inNewMap() bool {
	return slices.ContainsFunc(s.items, func(it item) bool {
		_, made := it.Root.(*ssa.MakeMap)
		return made && it.kind == owed
	})
}

// uses are the instructions that take an element of container, or of the
// same memory loaded again, in a loop.
func (s *state) uses(container ssa.Value) []ssa.Instruction {
	all := slices.Clone(referrers(container))
	n := s.outermost(Name{container, ""})
	if n.Root == container {
		return all
	}
	for _, b := range container.Parent().Blocks {
		for _, instr := range b.Instrs {
			switch at := instr.(type) {
			case *ssa.IndexAddr:
				if at.X != container && counter(at.Index) && s.outermost(Name{at.X, ""}) == n {
					all = append(all, at)
				}
			case *ssa.Lookup:
				if at.X != container && s.outermost(Name{at.X, ""}) == n {
					all = append(all, at)
				}
			}
		}
	}
	return all
}

// keyOf is the map of which k is each key in its turn, or nil.
//
//	for k := range m
//	for _, k := range slices.Sorted(maps.Keys(m))
//	for _, k := range keys    // to which those of m have been appended
func keyOf(k ssa.Value) ssa.Value {
	load, ok := k.(*ssa.UnOp)
	if !ok {
		return RangedOver(k)
	}
	at, ok := load.X.(*ssa.IndexAddr)
	if !ok || !counter(at.Index) {
		return nil
	}
	if keys, ok := calls(at.X, "slices.Sorted", "slices.Collect"); ok {
		if m, ok := calls(keys, "maps.Keys"); ok {
			return m
		}
	}
	var of ssa.Value
	all, ok := Gathered(at.X)
	for _, c := range all {
		m := RangedOver(c.Value)
		if !ok || m == nil || of != nil && m != of {
			return nil
		}
		of = m
	}
	return of
}

// calls is the only argument of the call that v is of one of the functions, by
// their full names.
func calls(v ssa.Value, names ...string) (arg ssa.Value, ok bool) {
	call, ok := v.(*ssa.Call)
	if !ok || len(call.Call.Args) != 1 {
		return nil, false
	}
	return call.Call.Args[0], slices.Contains(names, source.FullName(Resolve(&call.Call).Obj))
}

// found is the instruction that gives what a lookup finds, or nil.
func found(l *ssa.Lookup) ssa.Instruction {
	if !l.CommaOk {
		return l
	}
	if x := extracted(l, 0); x != nil {
		return x
	}
	return nil
}
