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
	for branch, truth := range flow.Decided(by.Block()) {
		next := branch.Block().Succs[1]
		if truth {
			next = branch.Block().Succs[0]
		}
		ends := func(l flow.Loop) bool { return !l.Blocks[next] } // over the elements that are there
		if slices.ContainsFunc(flow.LoopsAround(branch.Block()), ends) {
			continue
		}
		if cmp, ok := branch.Cond.(*ssa.BinOp); ok && ordering(cmp.Op) && (flow.Measured(cmp.X) != nil || flow.Measured(cmp.Y) != nil) {
			return true
		}
	}
	return false
}

func ordering(op token.Token) bool {
	return op == token.LSS || op == token.LEQ || op == token.GTR || op == token.GEQ
}
