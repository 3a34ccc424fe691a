package summary

// This file finds what tells the caller of a function whether its result carries
// an obligation: another result, or a field beside it.

import (
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// pairedFailure returns 1 + the result of fn that is nil wherever the value is
// returned and may be set elsewhere: a caller that finds it set has nothing to
// release.
func pairedFailure(o *flow.Outcome, fn *ssa.Function) int {
	for i := range fn.Signature.Results().Len() {
		paired := false
		for _, e := range o.Ends {
			if e.Kind == flow.Returned {
				if paired = slices.Contains(e.Nil, i); !paired {
					break
				}
			}
		}
		if paired && setSomewhere(fn, i) {
			return i + 1
		}
	}
	return 0
}

// setSomewhere reports whether some return of fn has a result i that is not
// plainly nil.
func setSomewhere(fn *ssa.Function, i int) bool {
	return slices.ContainsFunc(fn.Blocks, func(b *ssa.BasicBlock) bool {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			return false
		}
		c, isConst := flow.ResultValue(ret.Results[i]).(*ssa.Const)
		return !isConst || c.Value != nil
	})
}

// pairedOK returns 1 + the boolean result of fn that is true wherever the
// value is returned; a caller that finds it false has nothing to release.
func pairedOK(o *flow.Outcome, fn *ssa.Function) int {
	for i := range fn.Signature.Results().Len() {
		paired, any := true, false
		for _, e := range o.Ends {
			if e.Kind == flow.Returned {
				any = true
				paired = paired && slices.Contains(e.True, i)
			}
		}
		if any && paired {
			return i + 1
		}
	}
	return 0
}

// pairedField returns the path, from the result of a function that res describes,
// of an error or a boolean that tells whether the obligation c is there: wherever it
// is returned, and only there as far as the function shows, that field is unset, or
// else it is true.
//
//	if err != nil {
//		return opened{err: err}
//	}
//	return opened{cancel: cancel}    // err is unset
func (s *Set) pairedField(c *Creation, res flow.Result) (path string, unset bool) {
	for _, holder := range (flow.Name{Root: res.Value, Path: res.Path}).Leading() {
		t := holder.Type()
		if t == nil {
			return "", false
		}
		st, ok := t.Underlying().(*types.Struct)
		for i := 0; ok && i < st.NumFields(); i++ {
			field := st.Field(i).Origin()
			if !source.IsError(field.Type()) && !source.IsBool(field.Type()) {
				continue
			}
			step := "." + strconv.Itoa(i) + ";"
			for _, unset := range []bool{true, false} {
				if s.alwaysReturned(c, res, holder.Path, step, field, unset) && (!unset || s.setIn(c.Call.Parent(), field)) {
					return holder.Path + step, unset
				}
			}
		}
	}
	return "", false
}

// alwaysReturned reports whether, wherever c is returned as res is, the field that
// step leads to in what the result has at path holder is unset, or true.
func (s *Set) alwaysReturned(c *Creation, res flow.Result, holder, step string, field *types.Var, unset bool) bool {
	for _, e := range c.Outcome.Ends {
		for _, r := range e.Results {
			if e.Kind != flow.Returned || r.Index != res.Index || r.Path != res.Path {
				continue
			}
			n := flow.Outermost(flow.Name{Root: r.Value, Path: holder + step})
			if n == c.Sign && c.Sign.Root != nil && c.Result.Unset == unset {
				continue // as its own maker returned it
			}
			a, ok := n.Root.(*ssa.Alloc)
			if !ok || n.Path != "*"+step || !s.holdsAt(a, field, e.At.(*ssa.Return), unset) {
				return false
			}
		}
	}
	return true
}

// holdsAt reports whether field of the object a, which the function made, is unset
// at ret, or else true.
func (s *Set) holdsAt(a *ssa.Alloc, field *types.Var, ret *ssa.Return, unset bool) bool {
	if slices.ContainsFunc(*a.Referrers(), func(ref ssa.Instruction) bool {
		st, ok := ref.(*ssa.Store)
		return ok && st.Addr == a && !loads(st.Val, a) && flow.Reaches(st.Block(), ret.Block()) // all of it
	}) {
		return false
	}
	certain := unset
	for _, st := range s.storesTo(field) {
		at, ok := st.Addr.(*ssa.FieldAddr)
		switch {
		case !freshBase(st.Addr): // it may be this one
			return false
		case !ok || at.X != a || !flow.Reaches(st.Block(), ret.Block()):
		case isZeroConst(st.Val) != unset || !isConst(st.Val):
			return false
		default:
			certain = certain || st.Block().Dominates(ret.Block())
		}
	}
	return certain
}

// loads reports whether v is what the variable a has.
func loads(v ssa.Value, a *ssa.Alloc) bool {
	load, ok := v.(*ssa.UnOp)
	return ok && load.X == a
}

// setIn reports whether fn may set field.
func (s *Set) setIn(fn *ssa.Function, field *types.Var) bool {
	return slices.ContainsFunc(s.storesTo(field), func(st *ssa.Store) bool { return st.Parent() == fn && !isZeroConst(st.Val) })
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}
