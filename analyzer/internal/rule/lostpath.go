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

// endedAround reports whether c is made once by a literal that the function around it
// runs once, from a context which that function ends on all its paths.
//
//	ctx, cancel := context.WithCancel(ctx)
//	defer cancel()
//	go func() { done <- newStream(ctx).run() }()
func (p *Pass) endedAround(c *summary.Creation) bool {
	made := flow.MadeAt(c.Call.Parent())
	if made == nil || c.Parent == nil || len(*made.Referrers()) != 1 ||
		len(flow.LoopsAround(c.Call.Block())) > 0 || len(flow.LoopsAround(made.Block())) > 0 {
		return false
	}
	if run, ok := (*made.Referrers())[0].(ssa.CallInstruction); !ok || run.Common().Value != made {
		return false
	}
	parent := c.Parent
	if v := capturedAt(c.Parent, made); v != nil {
		parent = v
	}
	through := p.Set.Root(parent).Through
	return slices.ContainsFunc(p.Set.Creations(made.Parent()), func(q *summary.Creation) bool {
		return slices.Contains(through, q.Call) && q.Outcome.Overflow == "" &&
			q.Outcome.Has(flow.Released) && !q.Outcome.Has(flow.Lost, flow.Held, flow.Returned, flow.Escaped)
	})
}

// endedWithHolder reports whether c's context derives from one that an owner holds
// which the same function has made, and releases on all its paths.
//
//	disc := listen(config)
//	defer disc.Close()
//	nodes := disc.Nodes()    // until disc.ctx ends
func (p *Pass) endedWithHolder(c *summary.Creation) bool {
	args := flow.Resolve(&c.Call.Call).Args
	if c.Result.Holder == 0 || c.Result.Holder > len(args) {
		return false
	}
	holder := flow.Outermost(flow.Name{Root: args[c.Result.Holder-1]})
	return slices.ContainsFunc(p.Set.Creations(c.Call.Parent()), func(q *summary.Creation) bool {
		return holder == flow.Name{Root: q.Call, Path: flow.ResultPath(q.Call, q.Result.Index)} && q.Result.CtxPath == c.Result.Held &&
			(closesDeferred(holder, q.Result.Methods, c.Call) ||
				q.Outcome.Overflow == "" && q.Outcome.Has(flow.Released) && !q.Outcome.Has(flow.Lost, flow.Held, flow.Returned, flow.Escaped))
	})
}

// closesDeferred reports whether a call of one of the methods of owner has been
// deferred before at, whoever else may have the owner.
func closesDeferred(owner flow.Name, methods []string, at ssa.Instruction) bool {
	return slices.ContainsFunc(at.Parent().Blocks, func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			d, ok := instr.(*ssa.Defer)
			if !ok || !flow.DominatedBy(at, d) {
				return false
			}
			callee := flow.Resolve(&d.Call)
			return callee.Obj != nil && slices.Contains(methods, callee.Obj.Name()) && len(callee.Args) > 0 && flow.Outermost(flow.Name{Root: callee.Args[0]}) == owner
		})
	})
}

// capturedAt is what the variable that v is loaded from was last set to where made
// captures it, if nothing sets it later, or nil.
func capturedAt(v ssa.Value, made *ssa.MakeClosure) ssa.Value {
	variable, ok := flow.Outermost(flow.Name{Root: v}).Root.(*ssa.Alloc)
	if !ok || variable.Parent() != made.Parent() {
		return nil
	}
	var last *ssa.Store
	for _, ref := range *variable.Referrers() {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != variable {
			continue
		}
		if !flow.DominatedBy(made, st) {
			return nil
		}
		if last == nil || flow.DominatedBy(st, last) {
			last = st
		}
	}
	if last == nil {
		return nil
	}
	return last.Val
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
	for _, ref := range *c.Call.Referrers() {
		e, ok := ref.(*ssa.Extract)
		if !ok || e.Index != c.Result.Ctx {
			continue
		}
		for _, use := range *e.Referrers() {
			if _, call := use.(*ssa.Call); !call {
				return false // kept, returned or shared with a goroutine
			}
		}
	}
	return true
}
