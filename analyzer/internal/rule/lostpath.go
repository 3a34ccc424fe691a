package rule

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// LostPath reports a release that some path from the creation forgets: it
// neither calls it nor hands it on.
var LostPath = &Rule{
	Name:  "lostpath",
	Title: "some path neither releases the context nor hands it on",
	Tests: true,
	Run: func(p *Pass) {
		p.creations(func(fn *ssa.Function, c *summary.Creation) {
			if c.Owner() && c.Wrapped || p.spared(fn, c) || p.onceInMain(fn) || c.Result.Stop && unused(c) && !p.outlived(fn, c) {
				return
			}
			lost := p.missed(c)
			waits := waitingRelease(p, c)
			if len(lost) == 0 && waits == nil {
				return
			}
			r := p.retention(c, false)
			pos, end := p.at(c.Call)
			f := Finding{Pos: pos, End: end, Severity: r.Severity, Fixes: p.fixForgotten(c, lost)}
			switch {
			case len(lost) == 0:
				f.Message = what(c) + " is called only after waiting for a channel that may never deliver: " + r.Tail
				f.Related = append(f.Related, related(waits.Pos(), "started here, beside the function that needs the context"))
			case releasedSomewhere(c):
				f.Message = what(c) + " is not " + met(c) + " on every path: " + r.Tail
				f.Related = append(p.lostAt(c, lost), f.Related...)
			default:
				f.Message = what(c) + " is never " + met(c) + ": " + r.Tail
				f.Related = append(p.lostAt(c, lost), f.Related...)
			}
			p.reportLoss(f, c, lost)
		})
	},
}

// met says what is to be done with what c makes: an errgroup is waited for.
func met(c *summary.Creation) string {
	if c.Owner() {
		return "waited for"
	}
	return "called"
}

// missed are the ends at which c's value is lost and its context is not
// garbage: it has a parent that lives, a timer, or somebody was given it.
func (p *Pass) missed(c *summary.Creation) []flow.End {
	lost := lostEnds(c)
	if (p.endedAround(c) || p.endedWithHolder(c)) && !p.Everything {
		return nil
	}
	if c.Result.Life == fact.UntilTimer || c.Result.Stop || c.Ultimate == "signal.NotifyContext" || p.Everything {
		return lost
	}
	forever := c.Result.Life == fact.Forever
	if c.Parent != nil {
		forever = p.Set.Root(c.Parent).Kind == summary.FromNothing
	}
	if !forever || c.Wrapped && !c.Result.Idle {
		return lost
	}
	return slices.DeleteFunc(lost, func(e flow.End) bool { return !e.Shared })
}

// lostEnds are the ends at which c's value is lost.
func lostEnds(c *summary.Creation) []flow.End {
	var lost []flow.End
	for _, e := range c.Outcome.Ends {
		if e.Kind == flow.Lost {
			lost = append(lost, e)
		}
	}
	return lost
}

func releasedSomewhere(c *summary.Creation) bool {
	return c.Outcome.Has(flow.Released, flow.Escaped, flow.Held, flow.Returned)
}

// lostAt tells where the value is lost, and where other paths release it, in
// source order.
func (p *Pass) lostAt(c *summary.Creation, lost []flow.End) []analysis.RelatedInformation {
	var all []analysis.RelatedInformation
	for _, e := range lost {
		pos := e.At.Pos()
		msg := "returns here without releasing it"
		switch e.At.(type) {
		case *ssa.Return:
			if pos == token.NoPos {
				pos = e.At.Parent().Syntax().End()
				msg = "the function ends here without releasing it"
			}
		default:
			msg = "the value is lost here"
		}
		if e.At == ssa.Instruction(c.Call) {
			msg = "made again here, on the next turn of the loop"
		}
		if pos != token.NoPos {
			all = append(all, related(pos, msg))
		}
		if e.NoRoom != nil {
			all = append(all, related(e.NoRoom.Pos(), "kept here only where there is room for it"))
		}
	}
	inOrder := func(a, b analysis.RelatedInformation) int { return p.Prog.Compare(a.Pos, b.Pos) }
	slices.SortStableFunc(all, inOrder)
	all = slices.Compact(all) // one return may lose it with and without another condition
	all = all[:min(len(all), 4)]
	if at := releasedAt(c); at.IsValid() {
		all = append(all, related(at, "released here, on another path"))
		slices.SortStableFunc(all, inOrder)
	}
	return all
}

// releasedAt is the first call in c's function that releases it.
func releasedAt(c *summary.Creation) token.Pos {
	first := token.NoPos
	for _, e := range c.Outcome.Ends {
		if e.Kind != flow.Released {
			continue
		}
		pos := e.At.Pos()
		if e.Defer != nil {
			pos = e.Defer.Pos()
		}
		if pos.IsValid() && (!first.IsValid() || pos < first) {
			first = pos
		}
	}
	return first
}

// waitingRelease returns the go statement that is c's only release, where it
// first waits for a channel that this function neither made nor set a timer
// on, and the context serves nothing that outlives the call: its release
// belongs at the return. A context whose parent never ends may be meant to
// live until that channel delivers.
func waitingRelease(p *Pass, c *summary.Creation) ssa.Instruction {
	var at ssa.Instruction
	for _, e := range c.Outcome.Ends {
		switch {
		case e.Kind == flow.Released && e.Waited:
			at = e.At
		case e.Kind != flow.Settled:
			return nil
		}
	}
	if at == nil || c.Parent == nil || c.Result.Ctx < 0 {
		return nil
	}
	switch p.Set.Root(c.Parent).Kind {
	case summary.FromParam, summary.FromField, summary.FromGlobal, summary.FromRequest:
	default:
		return nil
	}
	if !onlyPassed(c) {
		return nil
	}
	return at
}

// onlyPassed reports whether the context that c makes is passed to calls that
// are executed at once, and to nothing else.
func onlyPassed(c *summary.Creation) bool {
	if ctx := c.Context(); ctx != nil {
		for _, use := range *ctx.Referrers() {
			if _, call := use.(*ssa.Call); !call {
				return false // kept, returned or shared with a goroutine
			}
		}
	}
	return true
}
