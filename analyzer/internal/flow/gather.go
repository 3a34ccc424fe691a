package flow

// This file finds what a slice was filled with, one by one.

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Collected is a value that was appended to a slice.
type Collected struct {
	Value ssa.Value
	By    *ssa.Call
}

// Gathered are the values that the slice v has, where all of them were appended
// to it by one function.
func Gathered(v ssa.Value) (all []Collected, ok bool) {
	seen := make(map[ssa.Value]bool)
	var visit func(ssa.Value) bool
	visit = func(v ssa.Value) bool {
		if seen[v] {
			return true
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Const:
			return true // nil
		case *ssa.MakeSlice:
			return isZeroLen(v.Len)
		case *ssa.Slice:
			return EmptySlice(v)
		case *ssa.Phi:
			return !slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return !visit(e) })
		case *ssa.Call:
			values := elementsOf(v)
			for _, x := range values {
				all = append(all, Collected{x, v})
			}
			return len(values) > 0 && visit(v.Call.Args[0])
		}
		return false
	}
	return all, visit(v)
}

func isZeroLen(n ssa.Value) bool {
	c, ok := n.(*ssa.Const)
	return ok && c.Int64() == 0
}

// elementsOf are the values that call, if it is of append, appends one by one.
func elementsOf(call *ssa.Call) []ssa.Value {
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" {
		return nil
	}
	list, ok := call.Call.Args[1].(*ssa.Slice)
	if !ok {
		return nil
	}
	array, ok := list.X.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var all []ssa.Value
	for _, ref := range *array.Referrers() {
		if at, ok := ref.(*ssa.IndexAddr); ok {
			for _, use := range *at.Referrers() {
				if st, ok := use.(*ssa.Store); ok {
					all = append(all, st.Val)
				}
			}
		}
	}
	return all
}
