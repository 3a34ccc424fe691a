package summary

// This file finds functions that a condition which calls them is understood by.

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Pure implements flow.Oracle: fn only reads.
func (s *Set) Pure(fn *ssa.Function) bool {
	if done, ok := s.pure[fn]; ok {
		return done
	}
	if !s.declared(fn) || len(fn.Blocks) > 8 {
		return false
	}
	s.pure[fn] = false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.MapUpdate, *ssa.Send, *ssa.Go, *ssa.Select, *ssa.Panic:
				return false
			case *ssa.Store:
				if _, variable := instr.Addr.(*ssa.Alloc); !variable {
					return false
				}
			case *ssa.Defer:
				if !locks(&instr.Call) {
					return false
				}
			case *ssa.Call:
				if c := flow.Resolve(&instr.Call); !locks(&instr.Call) && (c.Fn == nil || !s.Pure(c.Fn)) {
					if flow.Measured(instr) == nil {
						return false
					}
				}
			case *ssa.UnOp:
				if instr.Op.String() == "<-" {
					return false
				}
			}
		}
	}
	s.pure[fn] = true
	return true
}

// Gets implements flow.Oracle: fn is
//
//	func (s *S) Err() error { return s.err }
//
// with a lock around it, perhaps.
func (s *Set) Gets(fn *ssa.Function) (arg int, path string, ok bool) {
	if !s.declared(fn) || !s.Pure(fn) {
		return 0, "", false
	}
	arg, path, ok = parameterOf(fn, onlyResult(fn))
	return arg, path, ok && strings.Contains(path, ".")
}

// TestsNil implements flow.Oracle: fn is
//
//	func (s *S) Started() bool { return s.cancel != nil }
//
//	func (s *S) Has(id string) bool { _, ok := s.entries[id]; return ok }
//
// with a lock around it, perhaps.
func (s *Set) TestsNil(fn *ssa.Function) (arg int, path string, null, ok bool) {
	if !s.declared(fn) || !s.Pure(fn) {
		return 0, "", false, false
	}
	if cell := presenceTest(fn); cell.Root != nil {
		n := flow.Outermost(cell)
		p, ok := n.Root.(*ssa.Parameter)
		return slices.Index(fn.Params, p), n.Path, false, ok && p.Parent() == fn
	}
	x, null := nilTest(fn)
	arg, path, ok = parameterOf(fn, x)
	return arg, path, null, ok && path != ""
}

// presenceTest is the entry of a map of which fn returns whether it is there; its
// Root is nil where fn does anything else.
func presenceTest(fn *ssa.Function) (cell flow.Name) {
	found, ok := onlyResult(fn).(*ssa.Extract)
	if !ok || found.Index != 1 {
		return flow.Name{}
	}
	if l, ok := found.Tuple.(*ssa.Lookup); ok {
		return flow.MapCell(l.X, l.Index)
	}
	return flow.Name{}
}

// TestsEnd implements flow.Oracle: fn is
//
//	func (s *S) alive() bool { return s.ctx.Err() == nil }
//
// or tells by a select whether the context is done.
func (s *Set) TestsEnd(fn *ssa.Function) (arg int, path string, ended, ok bool) {
	if !s.declared(fn) || len(fn.Blocks) > 3 {
		return 0, "", false, false
	}
	ctx, ended := doneTest(fn)
	if x, null := nilTest(fn); len(fn.Blocks) == 1 && x != nil {
		ctx, ended = flow.AskedOf(x, "Err"), !null
	}
	arg, path, ok = parameterOf(fn, ctx)
	return arg, path, ended, ok
}

// doneTest is the context of which fn returns whether it is done (ended), or is not:
// nil where fn does anything else.
//
//	select {
//	case <-s.ctx.Done():
//		return true
//	default:
//		return false
//	}
func doneTest(fn *ssa.Function) (ctx ssa.Value, ended bool) {
	branch, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.If)
	if !ok {
		return nil, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return nil, false
	}
	sel, _, ok := flow.SelectCase(cmp)
	if !ok || cmp.Op != token.EQL || sel.Blocking || len(sel.States) != 1 || sel.States[0].Dir != types.RecvOnly {
		return nil, false
	}
	done, otherwise := returnsBool(fn.Blocks[0].Succs[0]), returnsBool(fn.Blocks[0].Succs[1])
	if done == nil || otherwise == nil || *done == *otherwise {
		return nil, false
	}
	return flow.AskedOf(sel.States[0].Chan, "Done"), *done
}

// returnsBool is the only thing that b does: it returns it. It is nil where b does
// anything else.
func returnsBool(b *ssa.BasicBlock) *bool {
	ret, ok := b.Instrs[0].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	c, ok := ret.Results[0].(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
		return nil
	}
	truth := constant.BoolVal(c.Value)
	return &truth
}

// nilTest is what fn compares with nil to return whether it is nil (null), or is not:
// x is nil where fn does anything else.
func nilTest(fn *ssa.Function) (x ssa.Value, null bool) {
	only, ok := onlyResult(fn).(*ssa.BinOp)
	if !ok || only.Op != token.EQL && only.Op != token.NEQ {
		return nil, false
	}
	if c, isConst := only.Y.(*ssa.Const); !isConst || c.Value != nil {
		return nil, false
	}
	return only.X, only.Op == token.EQL
}

// onlyResult is the only value that fn returns, where it has one result and decides
// nothing on the way, or nil.
func onlyResult(fn *ssa.Function) ssa.Value {
	if fn.Signature.Results().Len() != 1 {
		return nil
	}
	var only ssa.Value
	for _, b := range fn.Blocks {
		switch last := b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.If:
			return nil
		case *ssa.Return:
			if b != fn.Recover {
				only = flow.ResultValue(last.Results[0])
			}
		}
	}
	return only
}

// parameterOf finds the parameter of fn from which path leads to x.
func parameterOf(fn *ssa.Function, x ssa.Value) (arg int, path string, ok bool) {
	if x == nil {
		return 0, "", false
	}
	n := flow.Outermost(flow.Name{Root: x})
	p, ok := n.Root.(*ssa.Parameter)
	if !ok || p.Parent() != fn { // one of a function around it
		return 0, "", false
	}
	return slices.Index(fn.Params, p), n.Path, true
}

// locks reports whether c locks or unlocks a mutex.
func locks(c *ssa.CallCommon) bool {
	f := c.StaticCallee()
	if f == nil {
		return false
	}
	obj, _ := f.Object().(*types.Func)
	return source.Locks(obj) || source.Unlocks(obj)
}
