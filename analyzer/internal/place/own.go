package place

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// underKey are other names, in fn, of e's value in the entry under key: the one that
// the object has whose key it is, since an object enters its own; the one that
// the function around fn made it by, if it made the key; and the one that fn, a
// literal, is given together with the key.
//
//	s.cancel()
//	delete(s.hub.subs, s.id)
//
//	cancels[id] = func() { cancel(); delete(cancels, id) }
//
//	each(func(id string, s *sub) { s.cancel(); delete(subs, id) })
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
	all = append(all, t.givenWith(e, fn, key)...)
	if call, ok := n.Root.(*ssa.Call); ok && n.Path == "" { // s.ID()
		if callee := flow.Resolve(&call.Call); callee.Fn != nil && callee.Fn.Signature.Recv() != nil {
			n = flow.Outermost(flow.Name{Root: callee.Args[0]})
		}
	}
	return append(all, owning(n, e)...)
}

// givenWith are the names of e's value in the parameters of the literal fn that are
// values of the entries whose keys are its parameter key: wherever it is called, it is
// by a loop over e's container.
func (t *Table) givenWith(e *Entry, fn *ssa.Function, key ssa.Value) []flow.Name {
	k := slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return p == key })
	if k < 0 || fn.Parent() == nil {
		return nil
	}
	var all []flow.Name
	for _, call := range t.callsOf(fn) {
		args := call.Common().Args
		entry := flow.EntryOf(args[k])
		if entry == nil || flow.PlaceOf(entry.X, true) != e.Place {
			return nil
		}
		for i, arg := range args {
			if value, ok := arg.(*ssa.Extract); ok && value.Index == 2 && flow.EntryOf(value) == entry {
				all = append(all, flow.Name{Root: fn.Params[i], Path: e.Inner})
			}
		}
	}
	return all
}

// callsOf are the calls of the literal fn in the functions of the package that it is
// given to, if that is all that is done with it.
func (t *Table) callsOf(fn *ssa.Function) []ssa.CallInstruction {
	var all []ssa.CallInstruction
	for _, m := range t.prog.Mentions(fn) {
		site, ok := m.(ssa.CallInstruction)
		if mc, made := m.(*ssa.MakeClosure); made && len(*mc.Referrers()) == 1 {
			site, ok = (*mc.Referrers())[0].(ssa.CallInstruction)
		}
		if !ok {
			return nil
		}
		callee := flow.Resolve(site.Common())
		i := slices.IndexFunc(callee.Args, func(a ssa.Value) bool {
			mc, made := a.(*ssa.MakeClosure)
			return a == fn || made && mc.Fn == fn
		})
		if callee.Fn == nil || i < 0 || i >= len(callee.Fn.Params) {
			return nil
		}
		for _, ref := range *callee.Fn.Params[i].Referrers() {
			call, ok := ref.(ssa.CallInstruction)
			if !ok || call.Common().Value != callee.Fn.Params[i] {
				return nil
			}
			all = append(all, call)
		}
	}
	return all
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
	return append(all, t.underKey(e, site.Parent(), argument(site, fn, key))...)
}

// argument is what the call site of fn gives to the parameter v, or nil if that is
// none.
func argument(site ssa.CallInstruction, fn *ssa.Function, v ssa.Value) ssa.Value {
	if v == nil {
		return nil
	}
	p, ok := flow.Outermost(flow.Name{Root: v}).Root.(*ssa.Parameter)
	args := flow.Resolve(site.Common()).Args
	if i := slices.Index(fn.Params, p); ok && 0 <= i && i < len(args) {
		return args[i]
	}
	return nil
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
		object, inner := elementType(e)
		if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
			t = p.Elem()
			at.Path += "*"
			inner = strings.TrimPrefix(inner, "*")
		}
		field := fieldPath(t, e.Var, 0)
		switch {
		case !e.Elem && field != "":
			at.Path += field + e.Inner
		case e.Elem && object != nil && inner != "" && types.Identical(t, pointee(object)):
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

// elementType is the type of what is in e's container, or in the containers in that,
// and the path from there to e's value; nil if it is no container.
func elementType(e *Entry) (t types.Type, inner string) {
	c, ok := e.Var.Type().Underlying().(interface{ Elem() types.Type })
	if !ok {
		return nil, e.Inner
	}
	t, inner = c.Elem(), e.Inner
	for strings.HasPrefix(inner, "[") {
		c, ok := t.Underlying().(interface{ Elem() types.Type })
		if !ok {
			return nil, inner
		}
		t, inner = c.Elem(), inner[strings.IndexByte(inner, ';')+1:]
	}
	return t, inner
}

// pointee is what t points to, or else t.
func pointee(t types.Type) types.Type {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
