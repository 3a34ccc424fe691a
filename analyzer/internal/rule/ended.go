package rule

// This file finds contexts that something else ends, in the same function: nothing is
// lost with what would release them.

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

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
		return slices.Contains(through, q.Call) && alwaysReleased(q)
	})
}

// alwaysReleased reports whether the function that makes what q made releases it, on
// all its paths, and gives it to nobody.
func alwaysReleased(q *summary.Creation) bool {
	return q.Outcome.Overflow == "" && q.Outcome.Has(flow.Released) && !q.Outcome.Has(flow.Lost, flow.Held, flow.Returned, flow.Escaped)
}

// endedWithHolder reports whether c's context derives from one that an owner holds
// which the same function has made, and releases on all its paths.
//
//	disc := listen(config)
//	defer disc.Close()
//	nodes := disc.Nodes()    // until disc.ctx ends
func (p *Pass) endedWithHolder(c *summary.Creation) bool {
	if c.Holder.Root == nil {
		return false
	}
	return slices.ContainsFunc(p.Set.Creations(c.Call.Parent()), func(q *summary.Creation) bool {
		made := flow.Name{Root: q.Call, Path: flow.ResultPath(q.Call, q.Result.Index)}
		return c.Holder == made && q.Result.CtxPath == c.Result.Held && (alwaysReleased(q) || closesDeferred(made, q.Result.Methods, c.Call))
	})
}

// closesDeferred reports whether a call of one of the methods of owner has been
// deferred before at, whoever else may have the owner.
func closesDeferred(owner flow.Name, methods []string, at ssa.Instruction) bool {
	for instr := range flow.Instrs(at.Parent()) {
		d, ok := instr.(*ssa.Defer)
		if !ok || !flow.DominatedBy(at, d) {
			continue
		}
		callee := flow.Resolve(&d.Call)
		if callee.Obj != nil && slices.Contains(methods, callee.Obj.Name()) && len(callee.Args) > 0 && flow.Outermost(flow.Name{Root: callee.Args[0]}) == owner {
			return true
		}
	}
	return false
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
