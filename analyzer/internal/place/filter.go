package place

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// This file recognises elements that a function leaves out of a slice.

// leavesOut reports whether st, which stores val to container, where that is the
// elements of it that a loop has chosen, leaves out some that the loop does nothing
// about. inner is the path from an element to what e is about.
//
//	kept := h.subs[:0]
//	for _, s := range h.subs {
//		if s.id != id {
//			kept = append(kept, s)
//		}
//	}
//	h.subs = kept
func (t *Table) leavesOut(st ssa.Instruction, val ssa.Value, container flow.Name, inner string, e *Entry) bool {
	all, ok := flow.Gathered(val)
	if !ok || len(all) == 0 {
		return false
	}
	element, ok := all[0].Value.(*ssa.UnOp)
	if !ok || slices.ContainsFunc(all, func(c flow.Collected) bool { return c.Value != all[0].Value }) {
		return false
	}
	at, ok := element.X.(*ssa.IndexAddr)
	if !ok || flow.Outermost(flow.Name{Root: at.X}) != flow.Outermost(container) {
		return false
	}
	loops := flow.LoopsAround(element.Block())
	if len(loops) == 0 || putElsewhere(element, len(all)) || !askedOfOthers(element, loops[0]) {
		return false
	}
	old := flow.Name{Root: element, Path: inner}
	left := false
	o := flow.Explore(t.set, &flow.Subject{
		Fn: st.Parent(), After: element, Methods: e.Methods, Place: e.Place, Base: baseOf(old, e),
		Names: []flow.Start{{Name: old, Held: true, Place: e.Place}},
		Watch: func(instr ssa.Instruction) bool {
			over := instr == loops[0].Header.Instrs[0] || instr == st
			left = left || over
			return over || slices.ContainsFunc(all, func(c flow.Collected) bool { return instr == c.By })
		},
	})
	return left && o.Overflow == ""
}

// askedOfOthers reports whether some branch of the loop depends on more than the
// element itself: an element that is only asked for its own state, as whether it is
// through, may well be.
//
//	if !p.Status().Completed {
//		open = append(open, p)
func askedOfOthers(element ssa.Value, loop flow.Loop) bool {
	var itself func(v ssa.Value, depth int) bool
	itself = func(v ssa.Value, depth int) bool {
		if _, constant := v.(*ssa.Const); constant || v == element {
			return true
		}
		instr, ok := v.(ssa.Instruction)
		if _, phi := v.(*ssa.Phi); !ok || phi || depth == 0 {
			return false
		}
		asked := false
		for _, op := range instr.Operands(nil) {
			switch x := (*op).(type) {
			case nil, *ssa.Builtin, *ssa.Function:
			default:
				if !itself(x, depth-1) {
					return false
				}
				asked = true
			}
		}
		return asked
	}
	const deep = 12
	for b := range loop.Blocks {
		if branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If); ok && b != loop.Header && !itself(branch.Cond, deep) {
			return true
		}
	}
	return false
}

// cutsOff reports whether st, which stores to container, stores a part of what is there,
// and its function does nothing about the rest: it has no other part, and looks at no
// element.
//
//	if n < len(p.workers) {
//		p.workers = p.workers[:n]
//	}
func (t *Table) cutsOff(st *ssa.Store, container *types.Var) bool {
	part, ok := st.Val.(*ssa.Slice)
	if !ok || part.Low == nil && part.High == nil || flow.EmptySlice(part) || flow.RemovedElement(part) != "" {
		return false
	}
	whole := flow.Outermost(flow.Name{Root: st.Addr, Path: "*"})
	if flow.Outermost(flow.Name{Root: part.X}) != whole || t.loads(st.Parent(), container, func(ssa.Instruction) bool { return true }) {
		return false
	}
	for instr := range flow.Instrs(st.Parent()) {
		if other, ok := instr.(*ssa.Slice); ok && other != part && flow.Outermost(flow.Name{Root: other.X}) == whole {
			return false
		}
	}
	return true
}

// movesLast reports whether st puts the last element of a slice in the place of
// another, which goes.
//
//	l.all[i] = l.all[len(l.all)-1]
//	l.all = l.all[:len(l.all)-1]
func movesLast(st *ssa.Store) bool {
	to, ok := st.Addr.(*ssa.IndexAddr)
	load, isLoad := st.Val.(*ssa.UnOp)
	if !ok || !isLoad {
		return false
	}
	from, ok := load.X.(*ssa.IndexAddr)
	return ok && flow.Outermost(flow.Name{Root: from.X}) == flow.Outermost(flow.Name{Root: to.X}) && flow.IsLast(from.Index, from.X)
}

// putElsewhere reports whether the element goes to another place than the kept ones,
// to which it is appended by so many calls: those that are left out may be there.
//
//	if s.id == id {
//		gone = append(gone, s)
func putElsewhere(element *ssa.UnOp, kept int) bool {
	for _, ref := range *element.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Phi, *ssa.MapUpdate, *ssa.Send, *ssa.Return, *ssa.MakeInterface, *ssa.MakeClosure:
			return true
		case *ssa.Store:
			if ref.Val == element {
				kept--
			}
		}
	}
	return kept < 0
}

// seenToElsewhere reports whether fn, or a function that calls it, releases what e's
// place has: of what is removed by a choice, which element that is, is not known.
func (t *Table) seenToElsewhere(e *Entry, fn *ssa.Function) bool {
	return t.set.Releases(outermost(fn), leafPlace(e), 3) || t.callersSeeTo(e, fn)
}

// callersSeeTo is seenToElsewhere for the functions that call fn alone.
func (t *Table) callersSeeTo(e *Entry, fn *ssa.Function) bool {
	return slices.ContainsFunc(t.prog.Callers(outermost(fn)), func(site ssa.CallInstruction) bool {
		return t.set.Releases(outermost(site.Parent()), leafPlace(e), 3)
	})
}

// leafPlace is the place of the function that e's value is released by.
func leafPlace(e *Entry) flow.Place {
	if leaf := leafField(e); leaf != nil {
		return flow.Place{Var: leaf}
	}
	return e.Place
}
