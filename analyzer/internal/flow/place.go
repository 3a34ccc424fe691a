package flow

// This file names the places that outlive their function.

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// PlaceOf returns the place that the address (or, for a container, the value)
// v denotes.
func PlaceOf(v ssa.Value, elem bool) Place {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return Place{FieldVar(v.X.Type(), v.Field), elem}
	case *ssa.Field:
		return Place{FieldVar(v.X.Type(), v.Field), elem}
	case *ssa.Global:
		obj, _ := v.Object().(*types.Var)
		return Place{obj, elem}
	case *ssa.IndexAddr:
		return PlaceOf(v.X, true)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return PlaceOf(v.X, elem)
		}
	case *ssa.Lookup:
		return PlaceOf(v.X, true)
	case *ssa.Slice:
		return PlaceOf(v.X, true)
	case *ssa.ChangeType:
		return PlaceOf(v.X, elem)
	case *ssa.Alloc:
		// The copy of an array that a range goes over.
		if load := copied(v); load != nil {
			return PlaceOf(load.X, elem)
		}
	}
	return Place{}
}

// copied returns the load whose value, an array, is all that a ever holds.
func copied(a *ssa.Alloc) *ssa.UnOp {
	if _, ok := a.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array); !ok {
		return nil
	}
	var only *ssa.UnOp
	for _, ref := range referrers(a) {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != a {
			continue
		}
		load, ok := st.Val.(*ssa.UnOp)
		if !ok || only != nil || Outermost(Name{load, ""}).Root == a {
			return nil
		}
		only = load
	}
	return only
}

// FieldVar returns field i of the struct that t is or points to, as declared.
func FieldVar(t types.Type, i int) *types.Var {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := types.Unalias(t).Underlying().(*types.Struct)
	if !ok {
		// A type parameter's core type.
		if tp, is := types.Unalias(t).(*types.TypeParam); is {
			if iface, is := tp.Underlying().(*types.Interface); is && iface.NumEmbeddeds() == 1 {
				st, _ = iface.EmbeddedType(0).Underlying().(*types.Struct)
			}
		}
		if st == nil {
			return nil
		}
	}
	return st.Field(i).Origin()
}
