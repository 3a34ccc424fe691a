package rule

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Discarded reports a release function that is thrown away where it is made:
// assigned to _, or never put to a use that could release it.
var Discarded = &Rule{
	Name:  "discarded",
	Title: "the release function is thrown away where it is made",
	Tests: true,
	Run: func(p *Pass) {
		p.creations(func(fn *ssa.Function, c *summary.Creation) {
			if c.Owner() && c.Wrapped || !unused(c) || p.spared(fn, c) || c.Result.Stop && !p.outlived(fn, c) || len(p.missed(c)) == 0 {
				return
			}
			r := p.retention(c, false)
			pos, end := p.at(c.Call)
			p.report(Finding{
				Pos: pos, End: end, Severity: r.Severity,
				Message: what(c) + " is never used: " + r.Tail,
				Fixes:   p.fixForgotten(c, lostEnds(c)),
			}, c)
		})
	},
}

// unused reports whether every path loses c's value, and nothing on the way
// could have released it: it is at most compared, copied or captured.
func unused(c *summary.Creation) bool {
	return c.Outcome.Has(flow.Lost) && len(c.Outcome.Ends) > 0 &&
		!slices.ContainsFunc(c.Outcome.Ends, func(e flow.End) bool {
			return e.Kind != flow.Lost && e.Kind != flow.Settled || e.By != nil
		}) && !passedOn(c.Call, c.Name.Path)
}

// passedOn reports whether the value is an argument of some call: a helper
// that does not use it is another story.
func passedOn(call *ssa.Call, path string) bool {
	seen := make(map[ssa.Value]bool)
	var visit func(v ssa.Value) bool
	visit = func(v ssa.Value) bool {
		if v.Referrers() == nil || seen[v] {
			return false
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case ssa.CallInstruction:
				if v != ssa.Value(call) {
					return true
				}
			case *ssa.Extract:
				if flow.Outermost(flow.Name{Root: ref}).Path == path && visit(ref) {
					return true
				}
			case *ssa.Phi, *ssa.ChangeType, *ssa.MakeInterface:
				if visit(ref.(ssa.Value)) {
					return true
				}
			case *ssa.Store:
				if ref.Val == v {
					if a, ok := ref.Addr.(*ssa.Alloc); !ok || !varOnly(a) {
						return true
					}
				}
			}
		}
		return false
	}
	if path == "" {
		return visit(call)
	}
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && flow.Outermost(flow.Name{Root: e}).Path == path && visit(e) {
			return true
		}
	}
	return false
}

// varOnly reports whether a is a plain variable of function type.
func varOnly(a *ssa.Alloc) bool {
	for _, ref := range *a.Referrers() {
		switch ref.(type) {
		case *ssa.Store, *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
		default:
			return false
		}
	}
	return true
}

// spared reports whether losing c's value hurts nobody: the process ends, or
// the context ends with one that this function cancels.
func (p *Pass) spared(fn *ssa.Function, c *summary.Creation) bool {
	if isMain(fn) && !p.inLoop(c.Call) {
		return true
	}
	return p.boundedParent(fn, c) || c.Result.Stop && p.needed(fn, c)
}

// outlived reports whether the parent on which c registers a callback outlives
// what the callback serves: a field or global does; a parameter may, unless the
// function itself goes on for as long; of a context that a method returns
// nothing is known, and often it ends with what the callback cleans up.
func (p *Pass) outlived(fn *ssa.Function, c *summary.Creation) bool {
	root := p.Set.Root(c.Parent)
	if p.servesReceiver(fn, c, root) && !p.inLoop(c.Call) && !p.Everything {
		return false
	}
	if given := p.given(fn, root); given || root.Kind == summary.FromParam {
		return !flow.Waits(c.Call) && (p.Everything || c.Wrapped || servesCloser(c) && !p.passesOn(fn, root))
	}
	switch root.Kind {
	case summary.FromField, summary.FromGlobal, summary.FromRequest:
		return true
	}
	return c.Wrapped
}

// given reports whether root is a field of an argument other than the receiver:
// a context among the parameters or options of the call.
func (p *Pass) given(fn *ssa.Function, root summary.Root) bool {
	if root.Kind != summary.FromField {
		return false
	}
	i := slices.IndexFunc(fn.Params, func(q *ssa.Parameter) bool { return q == flow.Outermost(flow.Name{Root: root.Value}).Root })
	return i > 0 || i == 0 && fn.Signature.Recv() == nil
}

// passesOn reports whether fn returns a context that is, or derives from, the
// one that it was given: how long that lasts is up to who gets it.
func (p *Pass) passesOn(fn *ssa.Function, root summary.Root) bool {
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for _, v := range ret.Results {
			if source.IsContext(v.Type()) && p.Set.Root(flow.ResultValue(v)).Value == root.Value {
				return true
			}
		}
	}
	return false
}

// servesCloser reports whether the callback that c registers has captured
// something that may end before the context does: what can be closed, or called.
func servesCloser(c *summary.Creation) bool {
	f := c.Call.Call.Args[1]
	if _, literal := f.(*ssa.MakeClosure); !literal {
		return true // the function itself was given to the call, or made by it
	}
	return slices.ContainsFunc(flow.Captures(f), func(n flow.Name) bool {
		t := n.Root.Type()
		if a, ok := n.Root.(*ssa.Alloc); ok {
			t = a.Type().Underlying().(*types.Pointer).Elem()
		}
		if _, isFunc := t.Underlying().(*types.Signature); isFunc {
			return true
		}
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close")
		closer, ok := obj.(*types.Func)
		return ok && closer.Signature().Params().Len() == 0
	})
}

// servesReceiver reports whether the callback that c registers has captured
// the method's receiver and nothing else, and the context is the receiver's own
// or one given to live under: they end together, as a rule.
//
//	func (s *Server) Run(ctx context.Context) { context.AfterFunc(ctx, s.shutdown) }
func (p *Pass) servesReceiver(fn *ssa.Function, c *summary.Creation, root summary.Root) bool {
	if fn.Signature.Recv() == nil || len(fn.Params) == 0 || c.Wrapped {
		return false
	}
	recv := ssa.Value(fn.Params[0])
	captured := flow.Captures(c.Call.Call.Args[1])
	if len(captured) == 0 || slices.ContainsFunc(captured, func(n flow.Name) bool { return n.Root != recv }) {
		return false
	}
	switch root.Kind {
	case summary.FromParam:
		return !endsSooner(fn, c)
	case summary.FromField:
		return flow.Outermost(flow.Name{Root: root.Value}).Root == recv
	}
	return false
}

// endsSooner reports whether fn, or a literal in it, also does itself what the
// callback is registered for: then that need not wait for the context's end.
//
//	context.AfterFunc(ctx, func() { s.Close() })
//	return func(yield func(T) bool) { defer s.Close(); … }
func endsSooner(fn *ssa.Function, c *summary.Creation) bool {
	callback := flow.Resolve(&ssa.CallCommon{Value: c.Call.Call.Args[1]}).Fn
	if callback == nil {
		return false
	}
	wanted := map[*ssa.Function]bool{callback: true}
	if callback.Parent() != nil {
		methodsCalled(callback, nil, wanted)
	}
	here := make(map[*ssa.Function]bool)
	methodsCalled(fn, callback, here)
	for f := range here {
		if wanted[f] {
			return true
		}
	}
	return false
}

// methodsCalled adds to fns the methods with a receiver of the package that fn calls, and
// the literals inside it but for one.
func methodsCalled(fn, but *ssa.Function, fns map[*ssa.Function]bool) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if f := flow.Resolve(call.Common()).Fn; f != nil && f.Signature.Recv() != nil && f.Pkg == fn.Pkg {
					fns[f] = true
				}
			}
		}
	}
	for _, inner := range fn.AnonFuncs {
		if inner != but {
			methodsCalled(inner, but, fns)
		}
	}
}

// needed reports whether the callback that c registers is the only release of
// another creation: then it has to stay registered until it has run.
func (p *Pass) needed(fn *ssa.Function, c *summary.Creation) bool {
	for _, other := range p.Set.Creations(fn) {
		if other == c || !slices.ContainsFunc(other.Outcome.Ends, func(e flow.End) bool {
			return e.Kind == flow.Released && e.At == ssa.Instruction(c.Call)
		}) {
			continue
		}
		if p.Set.Without(other, c.Call).Has(flow.Lost) {
			return true
		}
	}
	return false
}

// inLoop reports whether instr's block can reach itself.
func (p *Pass) inLoop(instr ssa.Instruction) bool {
	return len(flow.LoopsAround(instr.Block())) > 0
}

// An assigned is the statement that assigns the results of a creation, and the
// identifier that takes the release function; both may be nil.
type assigned struct {
	stmt *ast.AssignStmt
	to   *ast.Ident
}

// assignment returns the statement that assigns c's results, and the identifier
// that takes the release function. To find it costs the length of what is
// around, so it is looked for once.
func (p *Pass) assignment(c *summary.Creation) (*ast.AssignStmt, *ast.Ident) {
	a, ok := p.assigned[c]
	if !ok {
		a = p.assignmentOf(c)
		if p.assigned == nil {
			p.assigned = make(map[*summary.Creation]assigned)
		}
		p.assigned[c] = a
	}
	return a.stmt, a.to
}

func (p *Pass) assignmentOf(c *summary.Creation) assigned {
	call := p.callAt(c.Call.Pos())
	if call == nil {
		return assigned{}
	}
	at, _ := p.statementAt(call.Pos())
	assign, ok := at.stmt.(*ast.AssignStmt)
	if !ok || len(assign.Rhs) != 1 || ast.Unparen(assign.Rhs[0]) != call || c.Result.Index >= len(assign.Lhs) {
		return assigned{}
	}
	id, ok := assign.Lhs[c.Result.Index].(*ast.Ident)
	if !ok {
		return assigned{}
	}
	return assigned{assign, id}
}
