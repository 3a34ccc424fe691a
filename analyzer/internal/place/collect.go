package place

import (
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
	all, ok := flow.Gathered(element.X.(*ssa.IndexAddr).X)
	return ok && len(all) > 0 && !slices.ContainsFunc(all, func(c flow.Collected) bool {
		names := owning(flow.Name{Root: c.Value}, e)
		if ssa.Value(element) == ch.key {
			n, ok := withInner(flow.Distinct(flow.MapCell(ch.of, c.Value)), e)
			if !ok {
				return true
			}
			names = []flow.Name{n}
		}
		return !t.releasedAround(e, c, names)
	})
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
	s := &flow.Subject{Fn: c.By.Parent(), After: from, Methods: e.Methods, Place: e.Place, Base: baseOf(names[0], e)}
	for _, n := range names {
		s.Names = append(s.Names, flow.Start{Name: n, Held: true, Place: e.Place})
	}
	// Coming to from again, it is another turn.
	var alive, again bool
	s.Watch = func(instr ssa.Instruction) bool {
		alive = alive || instr == c.By
		again = again || instr == from
		return instr == c.By || instr == from
	}
	if o := flow.Explore(t.set, s); o.Overflow != "" {
		return false
	}
	if !alive {
		return true
	}
	s.After, again = c.By, false
	o := flow.Explore(t.set, s)
	return o.Overflow == "" && !again && len(o.Ends) > 0 && !slices.ContainsFunc(o.Ends, func(end flow.End) bool {
		return end.Kind != flow.Released && end.Kind != flow.Settled
	})
}
