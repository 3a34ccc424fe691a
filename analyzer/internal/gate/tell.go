package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sync"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Importers must be told of an obligation that a function hands on. Most
// functions that make a context release it themselves: their package has nothing
// to tell. Whether it has shows in the syntax, together with what its names
// mean: Tells knows that from their types; MayTell, for packages that have only
// been parsed, guesses it from imports, and may say yes where Tells says no, but
// not the reverse.

// Tells reports whether importers may have to know of an obligation that is made
// or met in a package of these files: info is about their code, and useOf says
// what the use is of functions that are in no table.
func Tells(pkg *types.Package, files []*ast.File, info *types.Info, useOf func(*types.Func) Use) bool {
	reachable := Reachable(pkg)
	if anyTakes(pkg, reachable) {
		return true
	}
	uses := usesIn(info, useOf)
	if len(uses) == 0 {
		return false
	}
	t := &tellers{
		files: files,
		use: func(_ *ast.File, e ast.Expr) Use {
			id, ok := e.(*ast.Ident)
			if sel, is := e.(*ast.SelectorExpr); is {
				id, ok = sel.Sel, true
			}
			if !ok {
				return None
			}
			if fn, ok := info.Uses[id].(*types.Func); ok {
				return useOfFunc(fn, useOf)
			}
			return None
		},
		context: func(_ *ast.File, e ast.Expr) bool {
			t := info.TypeOf(e)
			return t != nil && source.IsContext(t)
		},
		bare: func(_ *ast.File, e ast.Expr) bool {
			t := info.TypeOf(e)
			return t != nil && source.Bare(t)
		},
	}
	of := func(d ast.Decl) bool {
		i, _ := slices.BinarySearch(uses, d.Pos())
		return i < len(uses) && uses[i] < d.End()
	}
	h := &handing{pkg: pkg, files: files, info: info, reachable: reachable, makers: make(map[types.Object]bool)}
	return t.any(of, h.inside) || h.outside()
}

// usesIn returns the places where the code that info is about names a function that
// has a use, in order.
func usesIn(info *types.Info, useOf func(*types.Func) Use) []token.Pos {
	var all []token.Pos
	for id, obj := range info.Uses {
		if fn, ok := obj.(*types.Func); ok && useOfFunc(fn, useOf) != None {
			all = append(all, id.Pos())
		}
	}
	slices.Sort(all)
	return all
}

// A tellers finds the functions that may hand on a context that they make, or its
// release.
type tellers struct {
	use     func(*ast.File, ast.Expr) Use  // of an identifier or a selector
	context func(*ast.File, ast.Expr) bool // whether the type may be a context
	bare    func(*ast.File, ast.Expr) bool // whether values of the type hold no function
	files   []*ast.File
	file    *ast.File   // of files
	out     func() bool // leaves, computed if somebody asks
}

// any reports whether some function may, or a variable of the package, of those
// declarations that are of use. Functions that inside takes note of do not count by
// themselves.
func (t *tellers) any(of func(ast.Decl) bool, inside func(*ast.FuncDecl) bool) bool {
	t.out = sync.OnceValue(t.leaves)
	for _, f := range t.files {
		t.file = f
		for _, d := range f.Decls {
			if !of(d) {
				continue
			}
			fn, ok := d.(*ast.FuncDecl)
			if ok && fn.Body != nil && t.tells(fn.Type, fn.Body) && !inside(fn) || !ok && t.mentioned(d, nil) {
				return true
			}
		}
	}
	return false
}

// leaves reports whether a context may leave the package, by a result.
func (t *tellers) leaves() bool {
	return slices.ContainsFunc(t.files, func(f *ast.File) bool {
		return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
			fn, ok := d.(*ast.FuncDecl)
			return ok && fn.Name.IsExported() && fn.Type.Results != nil &&
				slices.ContainsFunc(fn.Type.Results.List, func(r *ast.Field) bool { return t.context(f, r.Type) })
		})
	})
}

// tells reports whether a function may, or a literal in it: unless all that it
// makes is released by calls of local variables, and it returns no context that
// may leave the package; or it returns nothing in which something to release
// could be.
func (t *tellers) tells(typ *ast.FuncType, body *ast.BlockStmt) bool {
	if !t.hands(typ) {
		found := false
		ast.Inspect(body, func(n ast.Node) bool {
			lit, ok := n.(*ast.FuncLit)
			found = found || ok && t.tells(lit.Type, lit.Body)
			return !found && !ok
		})
		return found
	}
	kept := make(map[ast.Expr]bool) // operands of the calls that do no more
	var releases []string
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if len(n.Rhs) != 1 || len(n.Lhs) != 2 {
				break
			}
			call, ok := n.Rhs[0].(*ast.CallExpr)
			if !ok || t.use(t.file, call.Fun) != creates {
				break
			}
			if id, ok := n.Lhs[1].(*ast.Ident); ok && (id.Name == "_" || n.Tok == token.DEFINE || declaredIn(body, id.Name)) {
				kept[call.Fun] = true
				if id.Name != "_" {
					releases = append(releases, id.Name)
				}
			}
		case *ast.CallExpr:
			if t.use(t.file, n.Fun) == Derives {
				kept[n.Fun] = true
			}
		}
		return true
	})
	if t.mentioned(body, kept) {
		return true
	}
	if len(kept) == 0 {
		return false
	}
	for _, r := range typ.Results.List {
		if t.context(t.file, r.Type) && t.out() || slices.ContainsFunc(r.Names, func(id *ast.Ident) bool { return slices.Contains(releases, id.Name) }) {
			return true
		}
	}
	return usedOtherwise(body, releases)
}

// hands reports whether a function of type fn returns more than plain data.
func (t *tellers) hands(fn *ast.FuncType) bool {
	return returnsMore(fn, func(e ast.Expr) bool { return t.bare(t.file, e) })
}

// returnsMore reports whether a function of type fn has a result whose type is not bare.
func returnsMore(fn *ast.FuncType, bare func(ast.Expr) bool) bool {
	return fn.Results != nil && slices.ContainsFunc(fn.Results.List, func(r *ast.Field) bool { return !bare(r.Type) })
}

// mentioned reports whether n names a function of some use elsewhere than in
// known.
func (t *tellers) mentioned(n ast.Node, known map[ast.Expr]bool) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.SelectorExpr:
			if known[e] {
				return false
			}
			found = found || t.use(t.file, e) != None
		case *ast.Ident:
			found = found || !known[e] && t.use(t.file, e) != None
		}
		return !found
	})
	return found
}

// declaredIn reports whether body declares a variable called name.
func declaredIn(body *ast.BlockStmt, name string) bool {
	return within(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			return slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name })
		case *ast.AssignStmt:
			return n.Tok == token.DEFINE && slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool {
				id, ok := e.(*ast.Ident)
				return ok && id.Name == name
			})
		}
		return false
	})
}

// usedOtherwise reports whether one of the variables called names is used in
// body but to be called there, or assigned to. A call in a function literal that
// is not itself called at once happens elsewhere.
func usedOtherwise(body *ast.BlockStmt, names []string) bool {
	plain := make(map[ast.Node]bool) // uses of names, and literals, that are
	named := func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && slices.Contains(names, id.Name)
	}
	return within(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			plain[n.Fun] = true
		case *ast.AssignStmt:
			for _, lhs := range n.Lhs {
				plain[lhs] = true
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				plain[id] = true
			}
		case *ast.FuncLit:
			return !plain[n] && within(n.Body, named)
		case *ast.Ident:
			return !plain[n] && named(n)
		}
		return false
	})
}

// within reports whether is holds of a node in root. It is asked from the outside
// in.
func within(root ast.Node, is func(ast.Node) bool) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		found = found || n != nil && is(n)
		return !found
	})
	return found
}
