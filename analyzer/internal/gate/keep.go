package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Keeps reports whether a package of these files may put a context anywhere but
// into a local variable, or asks a request for its context: without either, and
// without a source, there is nothing to report.
func Keeps(files []*ast.File, info *types.Info) bool {
	for _, obj := range info.Uses {
		if fn, ok := obj.(*types.Func); ok && fn.Name() == "Context" && source.FullName(fn) == "net/http.Request.Context" {
			return true
		}
	}
	return slices.ContainsFunc(files, func(f *ast.File) bool { return within(f, keeper{info}.keeps) })
}

type keeper struct{ *types.Info }

func (k keeper) context(e ast.Expr) bool {
	t := k.TypeOf(e)
	return t != nil && source.IsContext(t)
}

func (k keeper) keeps(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, lhs := range n.Lhs {
			if n.Tok == token.ASSIGN && k.context(lhs) {
				return true
			}
		}
	case *ast.RangeStmt:
		return n.Tok == token.ASSIGN
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				e = kv.Value
			}
			if k.context(e) {
				return true
			}
		}
	case *ast.ValueSpec: // of a package, too
		return n.Type != nil && k.context(n.Type) && len(n.Values) > 0
	case *ast.CallExpr: // the slice of a variadic call
		sig, ok := k.TypeOf(n.Fun).(*types.Signature)
		if id, isID := ast.Unparen(n.Fun).(*ast.Ident); isID && id.Name == "append" || ok && sig.Variadic() {
			for _, arg := range n.Args {
				if k.context(arg) {
					return true
				}
			}
		}
	}
	return false
}
