package place

// This file recognises by which other value something that is removed is known.

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// sameElement is the value that is found in the slice at cell where at stores v there,
// which lacks it: it has been looked for, or compared; nil where that is not known.
//
//	if i := slices.Index(m.conns, c); i >= 0 {
//		m.conns = slices.Delete(m.conns, i, i+1)    // c goes
func sameElement(at ssa.Instruction, v ssa.Value, cell flow.Name) ssa.Value {
	i := flow.RemovedIndex(v)
	if find, ok := i.(*ssa.Call); ok && source.FullName(flow.Resolve(&find.Call).Obj) == "slices.Index" {
		return find.Call.Args[1]
	}
	return comparedWith(at.Block(), func(x ssa.Value) bool {
		load, ok := x.(*ssa.UnOp)
		if !ok || i == nil {
			return false
		}
		element, ok := load.X.(*ssa.IndexAddr)
		return ok && element.Index == i && flow.Outermost(flow.Name{Root: element.X}) == flow.Outermost(cell)
	})
}

// comparedWith is the value that one which is selected is, where control comes to b,
// since they have been compared; nil where they have not.
//
//	if m.conns[id] == c {
//		delete(m.conns, id)    // c goes
func comparedWith(b *ssa.BasicBlock, is func(ssa.Value) bool) ssa.Value {
	for branch, truth := range flow.Decided(b) {
		cmp, ok := branch.Cond.(*ssa.BinOp)
		if !ok || !(cmp.Op == token.EQL && truth || cmp.Op == token.NEQ && !truth) {
			continue
		}
		for _, pair := range [][2]ssa.Value{{cmp.X, cmp.Y}, {cmp.Y, cmp.X}} {
			if _, constant := pair[1].(*ssa.Const); !constant && is(pair[0]) {
				return pair[1]
			}
		}
	}
	return nil
}
