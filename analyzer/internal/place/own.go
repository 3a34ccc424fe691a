package place

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// underKey are other names, in fn, of e's value in the entry under key: the one that
// the object has whose key it is, since an object enters its own, and the one that
// the function around fn made it by, if it made the key.
//
//	s.cancel()
//	delete(s.hub.subs, s.id)
//
//	cancels[id] = func() { cancel(); delete(cancels, id) }
func (t *Table) underKey(e *Entry, fn *ssa.Function, key ssa.Value) []flow.Name {
	if key == nil {
		return nil
	}
	n := flow.Outermost(flow.Name{Root: key})
	var all []flow.Name
	for f := fn.Parent(); f != nil; f = f.Parent() {
		if made := madeIn(e, f); made != nil && n.Root.Parent() == f {
			all = append(append(all, made.Name), flow.Captured(made.Name)...)
		}
	}
	if call, ok := n.Root.(*ssa.Call); ok && n.Path == "" { // s.ID()
		if callee := flow.Resolve(&call.Call); callee.Fn != nil && callee.Fn.Signature.Recv() != nil {
			n = flow.Outermost(flow.Name{Root: callee.Args[0]})
		}
	}
	return append(all, owning(n, e)...)
}

// underKeyIn is underKey of the key that a caller gives to fn at site.
func (t *Table) underKeyIn(e *Entry, site ssa.CallInstruction, fn *ssa.Function, key ssa.Value) []flow.Name {
	if key == nil {
		return nil
	}
	var all []flow.Name
	for _, n := range t.underKey(e, fn, key) {
		if here, ok := inCaller(site, fn, n); ok {
			all = append(all, here)
		}
	}
	p, ok := flow.Outermost(flow.Name{Root: key}).Root.(*ssa.Parameter)
	callee := flow.Resolve(site.Common())
	if i := slices.Index(fn.Params, p); ok && 0 <= i && i < len(callee.Args) {
		all = append(all, t.underKey(e, site.Parent(), callee.Args[i])...)
	}
	return all
}

// owning are the names of e's value in the objects that n leads through: those that
// have its field, or are as the elements of its container are.
func owning(n flow.Name, e *Entry) []flow.Name {
	var all []flow.Name
	for _, at := range n.Leading() {
		t := at.Type()
		if t == nil {
			break
		}
		inner := e.Inner
		if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
			t = p.Elem()
			at.Path += "*"
			inner = strings.TrimPrefix(inner, "*")
		}
		field := fieldPath(t, e.Var, 0)
		switch elem, ok := e.Var.Type().Underlying().(interface{ Elem() types.Type }); {
		case !e.Elem && field != "":
			at.Path += field + e.Inner
		case e.Elem && ok && inner != "" && types.Identical(t, pointee(elem.Elem())):
			at.Path += inner
		default:
			continue
		}
		if !slices.Contains(all, at) {
			all = append(all, at)
		}
	}
	return all
}

// pointee is what t points to, or else t.
func pointee(t types.Type) types.Type {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
