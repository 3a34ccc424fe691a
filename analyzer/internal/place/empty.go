package place

// This file recognises an entry of a map that is deleted since nothing is left in it.

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// emptied reports whether control only comes to at, in fn, where the slice that is in the
// entry called cell, or what fn has left of it, has no element, and fn sees to each that
// it has taken out.
//
//	list := h.subs[topic]
//	…
//		list = append(list[:i], list[i+1:]...)
//	…
//	if len(list) == 0 {
//		delete(h.subs, topic)
//	}
func (t *Table) emptied(e *Entry, at ssa.Instruction, cell flow.Name) bool {
	left := &remains{cell: flow.Outermost(cell), seen: make(map[ssa.Value]bool)}
	for branch, truth := range flow.Decided(at.Block()) {
		if list, none := withoutElements(branch.Cond); list != nil && none == truth && left.of(list) {
			return !slices.ContainsFunc(left.cuts, func(cut *ssa.Call) bool { return !t.seesToCut(e, cut) })
		}
	}
	return false
}

// seesToCut reports whether the element that cut takes out of a slice is known, by having
// been looked at or compared, and released.
func (t *Table) seesToCut(e *Entry, cut *ssa.Call) bool {
	i := flow.RemovedIndex(cut)
	for instr := range flow.Instrs(cut.Parent()) {
		x, ok := instr.(*ssa.UnOp)
		if !ok {
			continue
		}
		if at, ok := x.X.(*ssa.IndexAddr); !ok || at.Index != i || !flow.DominatedBy(cut, x) {
			continue
		}
		names := releaseIn(x, e)
		if same := comparedWith(cut.Block(), func(v ssa.Value) bool { return v == ssa.Value(x) }); same != nil {
			names = append(names, releaseIn(same, e)...)
		}
		return t.releasedAround(e, flow.Collected{Value: x, By: cut}, names)
	}
	return false
}

// releaseIn is the name of what e is about in the element v of a container.
func releaseIn(v ssa.Value, e *Entry) []flow.Name {
	if _, ok := v.Type().Underlying().(*types.Signature); ok {
		return []flow.Name{flow.Distinct(flow.Name{Root: v})}
	}
	leaf := leafField(e)
	if leaf == nil {
		return nil
	}
	return owning(flow.Name{Root: v}, &Entry{Place: flow.Place{Var: leaf}})
}

// withoutElements is the list whose length cond asks for, and whether cond holds where
// it has no element, or nil.
func withoutElements(cond ssa.Value) (list ssa.Value, none bool) {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return nil, false
	}
	bound, ok := cmp.Y.(*ssa.Const)
	if !ok || bound.Value == nil || bound.Value.Kind() != constant.Int {
		return nil, false
	}
	list = flow.Measured(cmp.X)
	switch n := bound.Int64(); {
	case n == 0 && (cmp.Op == token.EQL || cmp.Op == token.LEQ), n == 1 && cmp.Op == token.LSS:
		return list, true
	case n == 0 && (cmp.Op == token.NEQ || cmp.Op == token.GTR), n == 1 && cmp.Op == token.GEQ:
		return list, false
	}
	return nil, false
}

// remains is what a function has left of the slice in the entry called cell.
type remains struct {
	cell flow.Name
	seen map[ssa.Value]bool
	cuts []*ssa.Call // that took an element out
}

// of reports whether the slice v is what is in the entry, or has been cut out of it.
func (r *remains) of(v ssa.Value) bool {
	if r.seen[v] {
		return true
	}
	r.seen[v] = true
	switch x := v.(type) {
	case *ssa.Phi:
		return !slices.ContainsFunc(x.Edges, func(e ssa.Value) bool { return !r.of(e) })
	case *ssa.Call:
		if flow.RemovedIndex(x) == nil {
			break
		}
		r.cuts = append(r.cuts, x)
		whole := x.Call.Args[0]
		if part, ok := whole.(*ssa.Slice); ok {
			whole = part.X
		}
		return r.of(whole)
	case *ssa.Lookup:
		if flow.Outermost(flow.Name{Root: x}) != r.cell {
			return false
		}
		for instr := range flow.Instrs(x.Parent()) {
			put, ok := instr.(*ssa.MapUpdate)
			if ok && flow.Outermost(flow.MapCell(put.Map, put.Key)) == r.cell && flow.DominatedBy(x, put) && !r.of(put.Value) {
				return false
			}
		}
		return true
	}
	return flow.Outermost(flow.Name{Root: v}) == r.cell
}
