package gate

import (
	"go/types"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Reachable returns whether importers of pkg can name its function fn in a call: it is
// exported and, if it is a method, its receiver's type is exported too, or they can
// come by values of it, as the result of a function, say. Other methods they can only
// call through an interface.
func Reachable(pkg *types.Package) func(fn *types.Func) bool {
	var seen map[types.Type]bool // nil until somebody asks
	return func(fn *types.Func) bool {
		if !fn.Exported() {
			return false
		}
		recv := fn.Signature().Recv()
		if recv == nil {
			return true
		}
		n := source.NamedType(recv.Type())
		if n == nil || n.Obj().Exported() {
			return true
		}
		if seen == nil {
			seen = shown(pkg)
		}
		return seen[n.Origin()]
	}
}

// shown are the types that importers of pkg can come by: those in what it exports.
func shown(pkg *types.Package) map[types.Type]bool {
	s := showing{pkg: pkg, seen: make(map[types.Type]bool)}
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		if obj := scope.Lookup(name); obj.Exported() {
			s.show(obj.Type())
		}
	}
	return s.seen
}

type showing struct {
	pkg  *types.Package
	seen map[types.Type]bool
}

// show notes t and the types in it.
func (s showing) show(t types.Type) {
	if n, ok := t.(*types.Named); ok {
		for arg := range n.TypeArgs().Types() {
			s.show(arg)
		}
		t = n.Origin()
	}
	if s.seen[t] {
		return
	}
	s.seen[t] = true
	switch t := t.(type) {
	case *types.Alias:
		s.show(types.Unalias(t))
	case *types.Named:
		if t.Obj().Pkg() != s.pkg {
			return // what it shows is its own package's
		}
		for p := range t.TypeParams().TypeParams() {
			s.show(p)
		}
		for m := range t.Methods() {
			if m.Exported() {
				s.show(m.Type())
			}
		}
		s.show(t.Underlying())
	case *types.Map:
		s.show(t.Key())
		s.show(t.Elem())
	case interface{ Elem() types.Type }: // a pointer, slice, array or channel
		s.show(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if f.Exported() || f.Embedded() { // an embedded one shows what it promotes
				s.show(f.Type())
			}
		}
	case *types.Signature:
		for p := range t.TypeParams().TypeParams() {
			s.show(p)
		}
		s.show(t.Params())
		s.show(t.Results())
	case *types.Tuple:
		for v := range t.Variables() {
			s.show(v.Type())
		}
	case *types.Interface:
		for m := range t.Methods() {
			if m.Exported() {
				s.show(m.Type())
			}
		}
		for e := range t.EmbeddedTypes() {
			s.show(e)
		}
	case *types.TypeParam:
		s.show(t.Constraint())
	case *types.Union:
		for term := range t.Terms() {
			s.show(term.Type())
		}
	}
}
