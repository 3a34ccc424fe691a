package place

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file says which keys of a map may come twice.

// mayRecur reports whether the same key may come twice: it is chosen by the
// caller, or made from what is, rather than made here (a counter, a fresh object, a
// new identifier).
func (t *Table) mayRecur(key ssa.Value, fn *ssa.Function, depth int) bool {
	for {
		switch k := key.(type) {
		case *ssa.MakeInterface:
			key = k.X
			continue
		case *ssa.ChangeType:
			key = k.X
			continue
		case *ssa.Convert:
			key = k.X
			continue
		case *ssa.UnOp:
			if k.Op != token.MUL {
				return false
			}
		}
		break
	}
	// Objects and channels are as a rule entered once each.
	switch types.Unalias(key.Type()).Underlying().(type) {
	case *types.Pointer, *types.Chan:
		return false
	case *types.Interface:
		if _, generic := types.Unalias(key.Type()).(*types.TypeParam); !generic {
			return false
		}
	}
	n := flow.Outermost(flow.Name{Root: key})
	switch root := n.Root.(type) {
	case *ssa.Parameter:
		return !counted(n, fn)
	case *ssa.BinOp:
		return t.madeOfGiven([]ssa.Value{root.X, root.Y}, fn, depth)
	case *ssa.Call:
		// r.URL.Path, m.ID(): what a method says of an argument recurs with it.
		if (root.Call.IsInvoke() || n.Path != "") && !strings.Contains(n.Path, "[") {
			return true
		}
		return t.computed(root, fn, depth)
	case *ssa.Alloc:
		return onlyParameter(root)
	}
	return false
}

// computed reports whether what call returns follows from what the caller of fn
// chose: it is worked out from that, or said by it.
//
//	strings.ToLower(name)    r.FormValue("id")    req.GetName()    mux.Vars(r)["id"]
func (t *Table) computed(call *ssa.Call, fn *ssa.Function, depth int) bool {
	callee := flow.Resolve(&call.Call)
	if callee.Fn == nil || len(callee.Args) == 0 || depth > 4 {
		return false
	}
	if source.Computes(callee.Obj) || len(callee.Fn.Blocks) > 0 && t.set.Pure(callee.Fn) {
		return t.madeOfGiven(callee.Args, fn, depth)
	}
	if len(callee.Fn.Blocks) > 0 || !given(callee.Args[0], fn) {
		return false
	}
	variable := func(v ssa.Value) bool { _, constant := v.(*ssa.Const); return !constant }
	method := callee.Fn.Signature.Recv() != nil
	return (method || callee.Args[0].Type().String() == "*net/http.Request") && !slices.ContainsFunc(callee.Args[1:], variable)
}

// madeOfGiven reports whether all of values were chosen by the caller of fn, or are
// constants, or belong to the receiver, and not all are.
func (t *Table) madeOfGiven(values []ssa.Value, fn *ssa.Function, depth int) bool {
	chosen := false
	for _, v := range values {
		if s, ok := v.(*ssa.Slice); ok {
			if args := flow.Variadic(s); len(args) > 0 {
				if !t.madeOfGiven(args, fn, depth+1) {
					return false
				}
				chosen = true
				continue
			}
		}
		_, constant := v.(*ssa.Const)
		n := flow.Outermost(flow.Name{Root: v})
		p, param := n.Root.(*ssa.Parameter)
		switch {
		case constant:
		case param && counted(n, fn):
			return false
		case param && ofReceiver(p):
		case given(v, fn) || t.mayRecur(v, fn, depth+1):
			chosen = true
		default:
			return false
		}
	}
	return chosen
}

// given reports whether v is a parameter of fn, or part of one, other than its
// receiver.
func given(v ssa.Value, fn *ssa.Function) bool {
	n := flow.Outermost(flow.Name{Root: v})
	p, ok := n.Root.(*ssa.Parameter)
	return ok && !ofReceiver(p) && !counted(n, fn)
}

func ofReceiver(p *ssa.Parameter) bool {
	fn := p.Parent()
	return fn.Signature.Recv() != nil && fn.Params[0] == p
}

// madeFrom reports whether key is taken from what one of e's creations made: its
// own name, which no other has as a rule.
func madeFrom(key ssa.Value, e *Entry) bool {
	root := flow.Outermost(flow.Name{Root: key}).Root
	return slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return root == ssa.Value(c.Call) })
}

// rangesOverArgument reports whether key is that of the turn of a range over
// something that fn was given, rather than over what it changes.
func rangesOverArgument(key ssa.Value, fn *ssa.Function) bool {
	m := flow.RangedOver(key)
	if m == nil {
		return false
	}
	n := flow.Outermost(flow.Name{Root: m})
	i := slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return p == n.Root })
	return i > 0 || i == 0 && fn.Signature.Recv() == nil
}

// counted reports whether fn increments the variable n: a counter.
func counted(n flow.Name, fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok && flow.Outermost(flow.Name{Root: st.Addr, Path: "*"}) == n {
				return true
			}
		}
	}
	return false
}

func onlyParameter(a *ssa.Alloc) bool {
	for _, ref := range *a.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == a {
			if _, param := st.Val.(*ssa.Parameter); !param {
				return false
			}
		}
	}
	return true
}
