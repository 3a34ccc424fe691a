package rule

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A loss is a finding about a creation that is lost at some instructions.
type loss struct {
	creation *summary.Creation
	at       []ssa.Instruction
	finding  int // its index
}

// reportLoss reports f about c, which is lost at the given ends. Where c is
// made in place of another creation that is lost at the very same
// instructions, there is one release to add, and one finding:
//
//	if d > 0 {
//		ctx, cancel = context.WithTimeout(parent, d)
//	} else {
//		ctx, cancel = context.WithCancel(parent)
//	}
//
// The same holds for a child of the one that is lost, which ends with it.
func (p *Pass) reportLoss(f Finding, c *summary.Creation, lost []flow.End) {
	var at []ssa.Instruction
	for _, e := range lost {
		if !slices.Contains(at, e.At) {
			at = append(at, e.At)
		}
	}
	for _, l := range p.losses {
		if !sameInstructions(l.at, at) {
			continue
		}
		how := ""
		switch {
		case flow.Alternative(l.creation.Call, c.Call):
			how = "or, in its place, made here"
		case childOf(c, l.creation):
			how = "a context below it, lost with it, is made here"
		default:
			continue
		}
		first := &p.findings[l.finding]
		first.Related = slices.Insert(first.Related, 0, related(f.Pos, how))
		first.Severity = max(first.Severity, f.Severity)
		p.claimed[c.Call.Pos()] = p.claimed[l.creation.Call.Pos()]
		return
	}
	n := len(p.findings)
	p.report(f, c)
	if len(p.findings) > n {
		p.losses = append(p.losses, loss{c, at, n})
	}
}

// childOf reports whether c derives from the context that q made, taken from the
// variable or field that it was stored to.
func childOf(c, q *summary.Creation) bool {
	ctx := q.Context()
	if c.Parent == nil || ctx == nil {
		return false
	}
	parent := flow.Outermost(flow.Name{Root: c.Parent})
	return parent.Root == ctx || parent == flow.Outermost(flow.Name{Root: ctx}) ||
		slices.ContainsFunc(*ctx.Referrers(), func(use ssa.Instruction) bool {
			st, ok := use.(*ssa.Store)
			return ok && flow.Outermost(flow.Name{Root: st.Addr, Path: "*"}) == parent
		})
}

func sameInstructions(a, b []ssa.Instruction) bool {
	return len(a) > 0 && len(a) == len(b) && !slices.ContainsFunc(a, func(i ssa.Instruction) bool { return !slices.Contains(b, i) })
}
