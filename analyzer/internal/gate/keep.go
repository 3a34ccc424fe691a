package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Leaks reports whether there may be something to report on in a package of these
// files: it makes something to release, it asks a request for its context, or it puts
// a context somewhere, which counts for local variables only if it derives contexts
// as well, perhaps turn after turn. info is about the code, and useOf says what the
// use is of functions that are in no table.
func Leaks(pkg *types.Package, files []*ast.File, info *types.Info, useOf func(*types.Func) Use) bool {
	k := keeper{Info: info, pkg: pkg}
	for _, obj := range info.Uses {
		fn, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		switch use := useOfFunc(fn, useOf); {
		case use == Derives:
			k.derives = true
		case use != None || fn.Name() == "Context" && source.FullName(fn) == "net/http.Request.Context":
			return true
		}
	}
	return slices.ContainsFunc(files, func(f *ast.File) bool { return within(f, k.keeps) })
}

// A keeper finds where contexts are put.
type keeper struct {
	*types.Info
	pkg     *types.Package
	derives bool
}

func (k keeper) context(e ast.Expr) bool {
	if e == nil {
		return false
	}
	t := k.TypeOf(e)
	return t != nil && source.IsContext(t)
}

func (k keeper) keeps(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.ASSIGN {
			break
		}
		for i, lhs := range n.Lhs {
			given := k.context(lhs) || len(n.Lhs) == len(n.Rhs) && k.context(n.Rhs[i]) // as any, say
			if given && (k.derives || !k.local(lhs)) {
				return true
			}
		}
	case *ast.RangeStmt:
		return n.Tok == token.ASSIGN && (k.context(n.Key) || k.context(n.Value))
	case *ast.SendStmt:
		return k.context(n.Value)
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			if k.context(e) {
				return true
			}
		}
	case *ast.CallExpr: // the slice of a variadic call
		if sig, ok := k.TypeOf(n.Fun).(*types.Signature); ok && sig.Variadic() { // append's, too
			return slices.ContainsFunc(n.Args[min(len(n.Args), sig.Params().Len()-1):], k.context)
		}
	}
	return false
}

// local reports whether e is a variable of a function.
func (k keeper) local(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	obj := k.ObjectOf(id) // nil if it is blank
	return obj == nil || obj.Pkg() == k.pkg && obj.Parent() != k.pkg.Scope()
}
