package place

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// This file recognises stores to the slots of a ring.

// inRing reports whether at stores to an element whose index is a remainder: sooner
// or later, it is the same as before.
//
//	r.slots[r.n%len(r.slots)] = s
func inRing(at ssa.Instruction) bool {
	st, ok := at.(*ssa.Store)
	if !ok {
		return false
	}
	addr := st.Addr
	for {
		switch x := addr.(type) {
		case *ssa.FieldAddr:
			addr = x.X
			continue
		case *ssa.IndexAddr:
			return remainder(x.Index)
		}
		return false
	}
}

// remainder reports whether i is a remainder, or was set to one by its function.
//
//	r.n = (r.n + 1) % len(r.slots)
func remainder(i ssa.Value) bool {
	switch i := i.(type) {
	case *ssa.BinOp:
		return i.Op == token.REM
	case *ssa.Convert:
		return remainder(i.X)
	case *ssa.UnOp:
		if i.Op != token.MUL {
			return false
		}
		variable := flow.Outermost(flow.Name{Root: i})
		return slices.ContainsFunc(storesOf(i.Parent()), func(st *ssa.Store) bool {
			rest, ok := st.Val.(*ssa.BinOp)
			return ok && rest.Op == token.REM && flow.Outermost(flow.Name{Root: st.Addr, Path: "*"}) == variable
		})
	}
	return false
}
