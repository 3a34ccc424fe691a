package rule

import (
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// PiledUp reports contexts that are released, but only when a loop ends that
// need not end, and contexts derived from themselves turn after turn.
var PiledUp = &Rule{
	Name:  "piledup",
	Title: "contexts pile up turn after turn of a loop",
	Run: func(p *Pass) {
		p.creations(func(fn *ssa.Function, c *summary.Creation) {
			if d := deferredInLoop(c); d != nil && p.Set.ComesRound(c, d) {
				r := p.retention(c, false)
				pos, end := p.at(c.Call)
				p.report(Finding{
					Pos: pos, End: end, Severity: max(retain.Medium, r.Severity),
					Message: what(c) + " is deferred in a loop that need not end: every turn adds a context that lives until the function returns",
					Related: []analysis.RelatedInformation{related(d.Pos(), "runs only when the function returns")},
					Fixes:   p.fixPiledUp(c, d),
				}, c)
			}
		})
		derived := place.SelfDerived(p.Prog, p.Set)
		for _, d := range derived {
			if p.claimed[d.Call.Pos()] != nil || p.Prog.InTest(d.Call.Pos()) && !p.Everything {
				continue
			}
			p.claimed[d.Call.Pos()] = &claim{rule: p.rule, severity: retain.High}
			pos, end := p.at(d.Call)
			f := Finding{Pos: pos, End: end, Severity: retain.High}
			if d.Place.Known() {
				f.Message = "context in " + placeName(d.Place) + " is derived from itself again and again: every call adds a layer that is never dropped"
				f.Keeps.Holder = placeName(d.Place)
			} else {
				f.Message = "context is derived from that of the turn before: every turn of the loop adds a layer that is never dropped"
			}
			if d.Back.IsValid() {
				f.Related = append(f.Related, related(d.Back, "the derived context takes the place of its parent here"))
			}
			p.report(f)
		}
	},
}

// deferredInLoop returns the deferred call by which c is released, where it is
// inside a loop that need not end and that made c.
func deferredInLoop(c *summary.Creation) *ssa.Defer {
	deferred := slices.Clone(c.Outcome.Looped)
	for _, e := range c.Outcome.Ends {
		deferred = append(deferred, e.Defer)
	}
	for _, d := range deferred {
		if d == nil || d.Parent() != c.Call.Parent() {
			continue
		}
		for _, l := range flow.LoopsAround(c.Call.Block()) {
			if l.Blocks[d.Block()] && l.Unbounded() && l.Reaches(d.Block(), c.Call.Block()) {
				return d
			}
		}
	}
	return nil
}
