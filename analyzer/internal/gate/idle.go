package gate

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// Idle says of the functions in pass's test files whether the rules that are on there
// by default can find nothing in them: they neither make something to release nor
// name what could release it, but for what is settled, and no other function calls
// them. Most tests are like that, and tests are much of the code of many packages.
//
// What an idle function calls is no evidence of how the package is used: tests do
// what no program does.
func Idle(pass *analysis.Pass, useOf func(*types.Func) Use) map[*ast.FuncDecl]bool {
	s := &idlers{pass: pass, useOf: useOf, decls: make(map[types.Object]*ast.FuncDecl), idle: make(map[*ast.FuncDecl]bool), holding: newHolding(pass.Pkg)}
	var files []*ast.File
	for _, f := range pass.Files {
		if InTest(pass.Fset.File(f.FileStart).Name()) {
			files = append(files, f)
		}
	}
	tests := layoutOf(files)
	concerned := s.concerned(tests)
	for _, d := range tests {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !s.called(fd) {
			s.decls[pass.TypesInfo.Defs[fd.Name]] = fd
			s.idle[fd] = s.idles(fd, concerned[fd])
		}
	}
	for _, d := range tests {
		if fd, ok := d.(*ast.FuncDecl); !ok || !s.idle[fd] {
			s.wake(d)
		}
	}
	return s.idle
}

// idlers finds functions that are idle.
type idlers struct {
	pass  *analysis.Pass
	useOf func(*types.Func) Use
	decls map[types.Object]*ast.FuncDecl // of what may be idle
	idle  map[*ast.FuncDecl]bool
	holding
	making *making // nil until somebody asks
}

// called reports whether fn may be called by nobody that names it, and that matters: an
// init function, or a method of what holds something to release. Those of other types
// are called through interfaces, of which nothing is known, or by reflection.
func (s *idlers) called(fn *ast.FuncDecl) bool {
	if fn.Recv == nil {
		return fn.Name.Name == "init"
	}
	obj, ok := s.pass.TypesInfo.Defs[fn.Name].(*types.Func)
	return !ok || s.holds(obj.Signature().Recv().Type())
}

// concerned returns the names in each declaration of tests that are concerned.
func (s *idlers) concerned(tests layout) map[ast.Decl][]*ast.Ident {
	all := make(map[ast.Decl][]*ast.Ident)
	for _, names := range []map[*ast.Ident]types.Object{s.pass.TypesInfo.Defs, s.pass.TypesInfo.Uses} {
		for id, obj := range names {
			if s.concerns(obj) {
				if d := tests.at(id.Pos()); d != nil {
					all[d] = append(all[d], id)
				}
			}
		}
	}
	return all
}

// idles reports whether all that fn names that is concerned is settled.
func (s *idlers) idles(fn *ast.FuncDecl, concerned []*ast.Ident) bool {
	if slices.ContainsFunc(concerned, func(id *ast.Ident) bool { return s.shared(s.pass.TypesInfo.ObjectOf(id)) }) {
		return false
	}
	if len(concerned) == 0 {
		return true
	}
	settling := s.settle(fn)
	return !slices.ContainsFunc(concerned, func(id *ast.Ident) bool { return !settling.settled(id) })
}

// shared reports whether obj is a variable that not only one function names.
func (s *idlers) shared(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && (v.IsField() || v.Pkg() != s.pass.Pkg || v.Parent() == v.Pkg().Scope())
}

// wake makes what is named in n, which is not idle, not idle either.
func (s *idlers) wake(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if fd := s.decls[s.pass.TypesInfo.Uses[id]]; s.idle[fd] {
				s.idle[fd] = false
				s.wake(fd)
			}
		}
		return true
	})
}

// concerns reports whether obj is something that can be called to release a context,
// or a function that may give its caller such a thing.
func (s *idlers) concerns(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Var:
		return obj.Name() != "_" && callable(obj.Type())
	case *types.Func:
		if obj.Pkg() != s.pass.Pkg {
			use := useOfFunc(obj, s.useOf)
			return use == creates || use == Owes
		}
		return anyOf(obj.Signature().Results(), s.holds) && s.mayMake(obj)
	}
	return false
}

// mayMake reports whether the results of fn may carry something to release: functions
// that the package declares show whether they make it.
func (s *idlers) mayMake(fn *types.Func) bool {
	if s.making == nil {
		s.making = newMaking(s.pass, s.useOf)
	}
	f := s.making.of[fn.Origin()]
	return f == nil || f.makes
}
