package rule

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Overwritten reports a variable, field, element or global that may hold a
// live release when another one is stored over it.
var Overwritten = &Rule{
	Name:  "overwritten",
	Title: "a live release function is stored over",
	Tests: true,
	Run: func(p *Pass) {
		for _, e := range p.Table.Entries {
			if p.explained(e) || p.onlyTested(e) {
				continue
			}
			for _, l := range p.Table.Losses(e) {
				if !l.Removal && (l.Evidence != "" || p.Everything) {
					p.overwrittenAt(e, l)
				}
			}
		}
		p.creations(func(fn *ssa.Function, c *summary.Creation) {
			if !p.boundedParent(fn, c) {
				p.overwrittenVariable(c)
				p.overwrittenCaptured(fn, c)
			}
		})
	},
}

// explained reports whether nothing ever releases what e holds, which has
// been reported: then it does not matter when it is lost.
func (p *Pass) explained(e *place.Entry) bool {
	return slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return p.claimed.by(c.Call.Pos()) == NeverReleased })
}

// onlyTested reports whether only tests make what e holds: what becomes of it elsewhere
// says nothing of the program.
func (p *Pass) onlyTested(e *place.Entry) bool {
	return !p.Everything && !slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return !p.Prog.InTest(c.Call.Pos()) })
}

// overwrittenAt reports the store l, at which what e holds is lost.
func (p *Pass) overwrittenAt(e *place.Entry, l place.Loss) {
	if p.Prog.InTest(l.At.Pos()) && !p.Everything {
		return
	}
	c := p.storedBy(e, l.At)
	if p.harmless(c) {
		return
	}
	r := p.retention(c, true)
	pos, end := p.at(l.At)
	name := p.target(l.At)
	if name == "" {
		name = placeName(e.Place)
	}
	f := Finding{
		Pos: pos, End: end, Severity: r.Severity,
		Message: what(c) + " is overwritten in " + name + " while still live: " + r.Tail,
		Keeps:   retain.Keeps{Holder: name},
		Fixes:   p.fixOverwritten(e, c, l.At),
	}
	lost := "the previous value is lost here"
	if l.Evidence != "" {
		lost += ", " + l.Evidence
	}
	f.Related = append(f.Related, related(pos, lost))
	if cpos, _ := p.at(c.Call); cpos != pos {
		f.Related = append(f.Related, related(cpos, "the value is made here"))
	}
	if call := p.callAt(c.Call.Pos()); call != nil && c.Parent != nil && len(call.Args) > 0 {
		f.Related = append(f.Related, related(call.Args[0].Pos(), "the parent that keeps it is given here"))
	}
	p.report(f, c)
}

// storedBy is the creation that is stored at instr: the one in its function,
// or else the first that ends in e.
func (p *Pass) storedBy(e *place.Entry, instr ssa.Instruction) *summary.Creation {
	for _, c := range e.Creations {
		if c.Call.Parent() == instr.Parent() {
			return c
		}
	}
	return e.Creations[0]
}

// target is the left side of the assignment at instr, as written.
func (p *Pass) target(instr ssa.Instruction) string {
	if lhs := p.leftSide(instr); lhs != nil {
		if s := exprString(lhs); len(s) <= 50 {
			return s
		}
	}
	return ""
}

func (p *Pass) leftSide(instr ssa.Instruction) ast.Expr {
	var addr token.Pos
	switch instr := instr.(type) {
	case *ssa.Store:
		addr = instr.Addr.Pos()
	case *ssa.MapUpdate:
		addr = instr.Pos()
	default:
		return nil
	}
	at, ok := p.statementAt(addr)
	if !ok {
		at, _ = p.statementAt(instr.Pos())
	}
	assign, ok := at.stmt.(*ast.AssignStmt)
	if !ok {
		return nil
	}
	for _, lhs := range assign.Lhs {
		if lhs.Pos() <= addr && addr < lhs.End() {
			return lhs
		}
	}
	return nil
}

// overwrittenVariable reports a creation that is lost because what held it,
// in the function that made it, is stored over: a field or element on the
// next turn of a loop, or the variable it was assigned to.
func (p *Pass) overwrittenVariable(c *summary.Creation) {
	if len(p.missed(c)) == 0 {
		return
	}
	for _, e := range lostEnds(c) {
		if e.By == nil {
			continue
		}
		if at, stores := place.Stores(e.By); stores && at.Known() {
			p.overwrittenAt(&place.Entry{Place: at, Inner: c.Result.Path, Creations: []*summary.Creation{c}}, place.Loss{At: e.By, Evidence: "on the next turn of the loop"})
			return
		}
	}
	_, id := p.assignment(c)
	if id == nil || id.Name == "_" || !releasedSomewhere(c) && !reassigned(p, id) {
		return
	}
	lost, at := p.lostByReassignment(c, id)
	if !lost {
		return
	}
	r := p.retention(c, p.inLoop(c.Call))
	pos, end := p.at(c.Call)
	p.report(Finding{
		Pos: pos, End: end, Severity: r.Severity,
		Message: what(c) + " is overwritten in " + id.Name + " while still live: " + r.Tail,
		Related: []analysis.RelatedInformation{related(at, "the variable is assigned again here")},
		Keeps:   retain.Keeps{Holder: id.Name},
		Fixes:   p.fixVariable(c, id, at),
	}, c)
}

// overwrittenCaptured reports a creation that is lost because the function
// literal that made it is called again, and stores over the variable that it
// shares with the function around it.
func (p *Pass) overwrittenCaptured(fn *ssa.Function, c *summary.Creation) {
	if p.claimed[c.Call.Pos()] != nil || fn.Parent() == nil || p.harmless(c) && c.Context() == nil {
		return
	}
	st, evidence := p.Table.CapturedLoss(fn, c)
	if st == nil {
		return
	}
	r := p.retention(c, true)
	pos, end := p.at(c.Call)
	at, _ := p.at(st)
	p.report(Finding{
		Pos: pos, End: end, Severity: r.Severity,
		Message: what(c) + " is overwritten in " + st.Addr.Name() + " while still live: " + r.Tail,
		Related: []analysis.RelatedInformation{related(at, "the previous value is lost here, when the function is "+evidence)},
	}, c)
}

// lostByReassignment reports whether c is lost, and would not be if the paths
// ended where its variable is assigned the next time.
func (p *Pass) lostByReassignment(c *summary.Creation, id *ast.Ident) (bool, token.Pos) {
	if !c.Outcome.Has(flow.Lost) {
		return false, token.NoPos
	}
	obj := p.TypesInfo.ObjectOf(id)
	again := make(map[ssa.Instruction]bool)
	for _, other := range p.Set.Creations(c.Call.Parent()) {
		if _, to := p.assignment(other); to != nil && p.TypesInfo.ObjectOf(to) == obj {
			if other != c || declaredOutside(p, id) {
				again[other.Call] = true
			}
		}
	}
	var at token.Pos
	o := p.Set.Until(c, func(instr ssa.Instruction) bool {
		if again[instr] && at == token.NoPos {
			at, _ = p.at(instr)
		}
		return again[instr]
	})
	return at != token.NoPos && !o.Has(flow.Lost), at
}
