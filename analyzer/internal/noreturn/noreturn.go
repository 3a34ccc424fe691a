// Package noreturn finds, from the syntax alone, functions that never return.
//
// In comes a package that the gate keeps out of SSA; out go facts about functions that end in os.Exit, log.Fatal, a panic
// or another such function on their only path. It is a quick look at the
// statements of a body, not a control-flow analysis: package summary finds
// the rest, in packages that are built.
package noreturn

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Known reports whether fn is one of the standard library's functions that
// never return.
func Known(fn *types.Func) bool { return source.NeverReturns(fn) }

// Export gives a fact to each exported function of pass's package that
// plainly never returns.
func Export(pass *analysis.Pass) {
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || fd.Body == nil || !fd.Name.IsExported() || fd.Type.Results != nil {
				continue
			}
			if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok && ends(pass, fd.Body.List) {
				pass.ExportObjectFact(obj, &fact.Func{NoReturn: true})
			}
		}
	}
}

// ends reports whether control never gets past the statements.
func ends(pass *analysis.Pass, stmts []ast.Stmt) bool {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && never(pass, call) {
				return true
			}
		case *ast.BlockStmt:
			if ends(pass, s.List) {
				return true
			}
		case *ast.AssignStmt, *ast.DeclStmt, *ast.IncDecStmt:
		case *ast.IfStmt:
			if leaves(s) {
				return false
			}
			if block, ok := s.Else.(*ast.BlockStmt); ok && ends(pass, s.Body.List) && ends(pass, block.List) {
				return true
			}
		default:
			// A loop, a switch, a defer that may recover: not so plain.
			return false
		}
	}
	return false
}

// leaves reports whether a return, branch or label is anywhere in s.
func leaves(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.LabeledStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

func never(pass *analysis.Pass, call *ast.CallExpr) bool {
	var id *ast.Ident
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	default:
		return false
	}
	switch obj := pass.TypesInfo.Uses[id].(type) {
	case *types.Builtin:
		return obj.Name() == "panic"
	case *types.Func:
		var f fact.Func
		return source.NeverReturns(obj) || pass.ImportObjectFact(obj.Origin(), &f) && f.NoReturn
	}
	return false
}
