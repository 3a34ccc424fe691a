package summary

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// onlyIfRoom reports whether fn, which leads what it is given to the ends, keeps or
// sends it where there is room for it, elsewhere leaves it alone, and tells nobody
// which.
//
//	func (p *Pool) put(c *Conn) {
//		if len(p.idle) < p.max {
//			p.idle = append(p.idle, c)
//		}
//	}
func onlyIfRoom(fn *ssa.Function, ends []flow.End) bool {
	kept, left := false, false
	for _, e := range ends {
		switch e.Kind {
		case flow.Unchanged, flow.Lost:
			left = true
		case flow.Held:
			kept = true
			if slices.ContainsFunc(e.Names, func(n flow.Reach) bool { return n.By != nil && !roomFor(n.By) }) {
				return false
			}
		case flow.Escaped:
			kept = true
			if sel := flow.SelectOf(e.At); sel == nil || sel.Blocking {
				return false
			}
		case flow.Settled:
		default:
			return false
		}
	}
	return kept && left && fn.Signature.Results().Len() == 0
}

// roomFor reports whether control comes to by only where a size is below a bound.
func roomFor(by ssa.Instruction) bool {
	for b := by.Block(); b.Idom() != nil; b = b.Idom() {
		d := b.Idom()
		branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
		ends := func(l flow.Loop) bool { return !l.Blocks[b] } // over the elements that are there
		if !ok || len(b.Preds) != 1 || slices.ContainsFunc(flow.LoopsAround(d), ends) {
			continue
		}
		if cmp, ok := branch.Cond.(*ssa.BinOp); ok && ordering(cmp.Op) && (isLen(cmp.X) || isLen(cmp.Y)) {
			return true
		}
	}
	return false
}

func ordering(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}

func isLen(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	b, ok := call.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "len"
}
