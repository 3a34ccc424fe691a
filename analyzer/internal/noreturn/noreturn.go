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
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Known reports whether fn is one of the standard library's functions that
// never return.
func Known(fn *types.Func) bool { return source.NeverReturns(fn) }

// Export gives a fact to each function of pass's package that others can call and
// that plainly never returns. With loops, a loop or a select that nothing leaves
// counts; it is not looked for where that would have files parsed that nothing
// else parses.
func Export(pass *analysis.Pass, loops bool) {
	reachable := gate.Reachable(pass.Pkg)
	never := func(call *ast.CallExpr) bool { return never(pass, call) }
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			fd, ok := d.(*ast.FuncDecl)
			if !ok || !candidate(fd) {
				continue
			}
			if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok && ends(fd.Body.List, loops, never) && reachable(obj) {
				pass.ExportObjectFact(obj, &fact.Func{NoReturn: true})
			}
		}
	}
}

// candidate reports whether a fact about the function would be of use.
func candidate(fd *ast.FuncDecl) bool {
	return fd.Body != nil && fd.Name.IsExported() && fd.Type.Results == nil
}

// ends reports whether control never gets past the statements, if a call for
// which never is true does not return, nor, with loops, an endless loop or an
// empty select.
func ends(stmts []ast.Stmt, loops bool, never func(*ast.CallExpr) bool) bool {
	for _, s := range stmts {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && never(call) {
				return true
			}
		case *ast.BlockStmt:
			if ends(s.List, loops, never) {
				return true
			}
		case *ast.AssignStmt, *ast.DeclStmt, *ast.IncDecStmt:
		case *ast.IfStmt:
			if leaves(s) {
				return false
			}
			if block, ok := s.Else.(*ast.BlockStmt); ok && ends(s.Body.List, loops, never) && ends(block.List, loops, never) {
				return true
			}
		case *ast.ForStmt:
			return loops && s.Cond == nil && !leaves(s)
		case *ast.SelectStmt:
			return loops && len(s.Body.List) == 0
		default:
			// Another loop, a switch, a defer that may recover: not so plain.
			return false
		}
	}
	return false
}

// leaves reports whether a return, branch or label is anywhere in s, or a defer,
// which may recover.
func leaves(s ast.Stmt) bool {
	found := false
	ast.Inspect(s, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt, *ast.LabeledStmt, *ast.DeferStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

func never(pass *analysis.Pass, call *ast.CallExpr) bool {
	id := gate.Callee(call)
	if id == nil {
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
