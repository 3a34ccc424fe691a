package summary

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// DoneWith implements flow.Oracle: fn returns a parameter, or contexts that add
// nothing but values to it.
//
//	func WithTenant(ctx context.Context, t Tenant) context.Context {
//		return context.WithValue(ctx, tenantKey{}, t)
//	}
func (s *Set) DoneWith(fn *ssa.Function) int {
	if !s.declared(fn) {
		if f := s.imported(fn); f != nil {
			return f.DoneWith
		}
		return 0
	}
	if done, ok := s.doneWith[fn]; ok {
		return done
	}
	s.doneWith[fn] = 0 // a cycle: not known
	if k := source.ContextResult(fn.Signature); k >= 0 {
		s.doneWith[fn] = s.sameParameter(fn, k)
	}
	return s.doneWith[fn]
}

// sameParameter returns 1 + the parameter that fn's result k is done with at every
// return, or 0.
func (s *Set) sameParameter(fn *ssa.Function, k int) int {
	params := make(map[*ssa.Parameter]bool)
	seen := make(map[*ssa.Phi]bool)
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if ok && b != fn.Recover && !s.parameters(flow.ResultValue(ret.Results[k]), params, seen) {
			return 0
		}
	}
	for p := range params {
		if len(params) == 1 {
			return 1 + slices.Index(fn.Params, p)
		}
	}
	return 0
}

// parameters adds to params the one that v is done with, one for each way v may
// have come. It is false where v is done with anything else.
func (s *Set) parameters(v ssa.Value, params map[*ssa.Parameter]bool, seen map[*ssa.Phi]bool) bool {
	n := flow.Outermost(flow.Name{Root: v})
	switch root := n.Root.(type) {
	case *ssa.Parameter:
		params[root] = true
		return n.Path == ""
	case *ssa.Call:
		callee := flow.Resolve(&root.Call)
		if callee.Fn == nil {
			return false
		}
		d := s.DoneWith(callee.Fn)
		return 0 < d && d <= len(callee.Args) && n.Path == flow.ResultPath(root, source.ContextResult(callee.Fn.Signature)) &&
			s.parameters(callee.Args[d-1], params, seen)
	case *ssa.Phi:
		if seen[root] {
			return true
		}
		seen[root] = true
		return !slices.ContainsFunc(root.Edges, func(e ssa.Value) bool { return !s.parameters(e, params, seen) })
	}
	return false
}
