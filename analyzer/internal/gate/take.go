package gate

import (
	"go/ast"
	"go/types"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// anyTakes reports whether pkg has a function that is reachable for others, and may be
// given something to release: a parameter, or a receiver, that can be called.
func anyTakes(pkg *types.Package, reachable func(*types.Func) bool) bool {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Func:
			if takes(obj) {
				return true
			}
		case *types.TypeName:
			n, ok := obj.Type().(*types.Named)
			if !ok || obj.IsAlias() {
				continue
			}
			for m := range n.Methods() {
				if takes(m) && reachable(m) {
					return true
				}
			}
		}
	}
	return false
}

func takes(fn *types.Func) bool {
	if !fn.Exported() {
		return false
	}
	sig := fn.Signature()
	if r := sig.Recv(); r != nil && source.Callable(r.Type()) {
		return true
	}
	for p := range sig.Params().Variables() {
		if source.Callable(p.Type()) {
			return true
		}
	}
	return false
}

// mayTake reports whether anyTakes may be true of the package of which files are
// the syntax.
func (s *syntax) mayTake(files []*ast.File) bool {
	for _, f := range files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || !fd.Name.IsExported() {
				continue
			}
			if fd.Recv != nil && s.anyCallable(f, fd.Recv, nil) || s.anyCallable(f, fd.Type.Params, fd.Type.TypeParams) {
				return true
			}
		}
	}
	return false
}

func (s *syntax) anyCallable(f *ast.File, fields, params *ast.FieldList) bool {
	for _, field := range fields.List {
		if id, ok := field.Type.(*ast.Ident); ok && declares(params, id.Name) {
			continue // a type parameter is an interface
		}
		if s.callable(f, field.Type, 0) {
			return true
		}
	}
	return false
}

func declares(params *ast.FieldList, name string) bool {
	if params == nil {
		return false
	}
	for _, field := range params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return true
			}
		}
	}
	return false
}

// callable reports whether source.Callable may hold of the type that e is in f.
func (s *syntax) callable(f *ast.File, e ast.Expr, depth int) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncType:
		return s.plain(f, e)
	case *ast.Ident:
		d := s.types[e.Name]
		if d == nil {
			return types.Universe.Lookup(e.Name) == nil // of a dot import
		}
		return depth > 8 || s.callable(d.file, d.spec.Type, depth+1)
	case *ast.SelectorExpr:
		t, known := s.selected(f, e)
		return !known || t != nil && source.Callable(t)
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false // an ellipsis, a pointer, a composite type
}

// plain reports whether a function of type e may be called to release.
func (s *syntax) plain(f *ast.File, e *ast.FuncType) bool {
	if e.Params.NumFields() > 1 || e.Results.NumFields() > 1 {
		return false
	}
	if e.Params.NumFields() == 1 && !s.named(f, e.Params.List[0].Type, "error") {
		return false
	}
	return e.Results.NumFields() == 0 || s.named(f, e.Results.List[0].Type, "error", "bool")
}

// named reports whether e may be one of the predeclared types that names name,
// or have it underneath.
func (s *syntax) named(f *ast.File, e ast.Expr, names ...string) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if types.Universe.Lookup(e.Name) == nil || s.types[e.Name] != nil {
			return true
		}
		for _, name := range names {
			if e.Name == name {
				return true
			}
		}
	case *ast.SelectorExpr:
		t, known := s.selected(f, e)
		if !known || t == nil {
			return !known
		}
		b, basic := t.Underlying().(*types.Basic)
		return source.IsError(types.Unalias(t)) || basic && b.Kind() == types.Bool
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}
