package gate

import (
	"go/types"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// callable reports whether t, or its elements, can be called to release a context.
func callable(t types.Type) bool {
	for range 10 { // a type may be its own element
		if source.Callable(t) {
			return true
		}
		of, ok := t.Underlying().(interface{ Elem() types.Type }) // a pointer, slice, array, map or channel
		if !ok {
			break
		}
		t = of.Elem()
	}
	return false
}

// A holding tells in which types something is that can be called to release a context.
type holding struct {
	pkg  *types.Package
	memo map[types.Type]bool
}

func newHolding(pkg *types.Package) holding {
	return holding{pkg: pkg, memo: make(map[types.Type]bool)}
}

// holds reports whether something in a value of type t can be called to release a
// context: t itself, or its elements, or fields of structs that the package declares.
func (h holding) holds(t types.Type) bool {
	holds, ok := h.memo[t]
	if !ok {
		holds = h.reaches(t, make(map[*types.Named]bool))
		h.memo[t] = holds
	}
	return holds
}

// reaches is holds, where seen are the types that have been looked into.
func (h holding) reaches(t types.Type, seen map[*types.Named]bool) bool {
	if source.Callable(t) {
		return true
	}
	n, named := types.Unalias(t).(*types.Named)
	if named {
		if seen[n] {
			return false
		}
		seen[n] = true
	}
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }:
		return h.reaches(u.Elem(), seen)
	case *types.Struct:
		for f := range u.Fields() {
			if (!named || n.Obj().Pkg() == h.pkg) && h.reaches(f.Type(), seen) {
				return true
			}
		}
	}
	return false
}
