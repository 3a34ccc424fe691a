package place

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// This file recognises removals in two steps: what goes is collected first, and
// removed by a loop of its own.

// seenToBefore reports whether ch removes the entries whose keys, or whose objects,
// fn has collected, and e's value was released where each of them was.
//
//	for id, s := range h.subs {
//		if s.idle() {
//			s.cancel()
//			dead = append(dead, id)
//		}
//	}
//	for _, id := range dead {
//		delete(h.subs, id)
//	}
func (t *Table) seenToBefore(e *Entry, ch change) bool {
	element := elementOf(ch.key)
	if element == nil {
		return false
	}
	if ssa.Value(element) == ch.key && t.turnsBefore(e, ch, element) {
		return true
	}
	all, ok := flow.Gathered(element.X.(*ssa.IndexAddr).X)
	return ok && len(all) > 0 && !slices.ContainsFunc(all, func(c flow.Collected) bool {
		names := owning(flow.Name{Root: c.Value}, e)
		if ssa.Value(element) == ch.key {
			n, ok := ch.withInner(flow.Distinct(flow.MapCell(ch.of, c.Value)), e)
			if !ok {
				return true
			}
			names = []flow.Name{n}
		}
		return !t.releasedAround(e, c, names)
	})
}

// turnsBefore reports whether an earlier loop over the same keys, of which key is one,
// releases e's value in the entry under each.
//
//	for _, id := range ids {
//		if s, ok := h.subs[id]; ok {
//			s.cancel()
//		}
//	}
//	for _, id := range ids {
//		delete(h.subs, id)
//	}
func (t *Table) turnsBefore(e *Entry, ch change, key *ssa.UnOp) bool {
	keys := flow.Outermost(flow.Name{Root: key.X.(*ssa.IndexAddr).X})
	for _, b := range key.Parent().Blocks {
		for _, instr := range b.Instrs {
			other, ok := instr.(*ssa.UnOp)
			if !ok || other == key || elementOf(other) != other || flow.Outermost(flow.Name{Root: other.X.(*ssa.IndexAddr).X}) != keys {
				continue
			}
			loops := flow.LoopsAround(b)
			if len(loops) == 0 || loops[0].Blocks[ch.at.Block()] || !loops[0].Header.Dominates(ch.at.Block()) {
				continue
			}
			if n, ok := ch.withInner(flow.Distinct(flow.MapCell(ch.of, other)), e); ok && t.releasedIn(e, other, other, n) {
				return true
			}
		}
	}
	return false
}

// broughtAlong reports whether ch removes the entries whose keys fn has put into a
// container of its own together with their objects, and fn releases some of these.
//
//	gone := make(map[string]*sub)
//	for id, s := range h.subs {
//		if s.idle() {
//			gone[id] = s
//		}
//	}
//	for id, s := range gone {
//		delete(h.subs, id)
//		s.cancel()
//	}
func (t *Table) broughtAlong(e *Entry, fn *ssa.Function, ch change) bool {
	var along types.Type // what the container has
	if element := elementOf(ch.key); element != nil && ssa.Value(element) != ch.key {
		if _, ok := flow.Gathered(element.X.(*ssa.IndexAddr).X); ok {
			along = element.Type()
		}
	} else if entry := flow.EntryOf(ch.key); entry != nil {
		if _, own := flow.Outermost(flow.Name{Root: entry.X}).Root.(*ssa.MakeMap); own {
			along = entry.X.Type().Underlying().(*types.Map).Elem()
		}
	}
	if along == nil {
		return false
	}
	object := ch.of.Type().Underlying().(*types.Map).Elem()
	has := types.Identical(along, object)
	if st, ok := along.Underlying().(*types.Struct); ok {
		for f := range st.Fields() {
			has = has || types.Identical(f.Type(), object)
		}
	}
	return has && t.seenToElsewhere(e, fn)
}

// elementOf is the load of the slice element that v is, or is a part of, or nil.
func elementOf(v ssa.Value) *ssa.UnOp {
	switch x := v.(type) {
	case *ssa.UnOp:
		switch at := x.X.(type) {
		case *ssa.IndexAddr:
			return x
		case *ssa.FieldAddr:
			return elementOf(at.X)
		}
	case *ssa.Field:
		return elementOf(x.X)
	case *ssa.Alloc: // the variable of the loop
		if v := flow.OnlyValue(x); v != nil {
			return elementOf(v)
		}
	}
	return nil
}

// releasedAround reports whether e's value, called names where c was collected, is
// released on every path from there to the end of the turn, before or after that.
func (t *Table) releasedAround(e *Entry, c flow.Collected, names []flow.Name) bool {
	from, ok := c.Value.(ssa.Instruction)
	if !ok || from.Parent() != c.By.Parent() || len(names) == 0 {
		return false
	}
	s := t.subjectAfter(e, from, names)
	// Coming to from again, it is another turn.
	alive, again := false, false
	s.Watch = func(instr ssa.Instruction) bool {
		alive = alive || instr == c.By
		again = again || instr == from
		return instr == c.By || instr == from
	}
	if o := flow.Explore(t.set, s); o.Overflow != "" {
		return false
	}
	return !alive || t.releasedIn(e, from, c.By, names...)
}

// releasedIn reports whether e's value, called names, is released on every path from
// after to the end of the turn, where control comes to turn again.
func (t *Table) releasedIn(e *Entry, turn, after ssa.Instruction, names ...flow.Name) bool {
	again := false
	s := t.subjectAfter(e, after, names)
	s.Watch = func(instr ssa.Instruction) bool {
		again = again || instr == turn
		return instr == turn
	}
	o := flow.Explore(t.set, s)
	return o.Overflow == "" && !again && len(o.Ends) > 0 && !slices.ContainsFunc(o.Ends, func(end flow.End) bool {
		return end.Kind != flow.Released && end.Kind != flow.Settled
	})
}

func (t *Table) subjectAfter(e *Entry, after ssa.Instruction, names []flow.Name) *flow.Subject {
	s := &flow.Subject{Fn: after.Parent(), After: after, Methods: e.Methods, Place: e.Place, Base: baseOf(names[0], e)}
	for _, n := range names {
		s.Names = append(s.Names, flow.Start{Name: n, Held: true, Place: e.Place})
	}
	return s
}
