package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// deferredAtOnce returns the names in fn of functions that make a context, and of
// the variables with what releases it, where that is deferred by the next statement,
// in no loop, and used for nothing else:
//
//	ctx, cancel := context.WithTimeout(context.Background(), timeout)
//	defer cancel()
func (s *idlers) deferredAtOnce(fn *ast.FuncDecl) map[*ast.Ident]bool {
	names := make(map[*ast.Ident]bool)
	variables := make(map[types.Object]bool)
	ast.PreorderStack(fn, nil, func(n ast.Node, around []ast.Node) bool {
		var list []ast.Stmt
		switch n := n.(type) {
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		for i := 1; i < len(list); i++ {
			maker, release := s.makes(list[i-1])
			d, ok := list[i].(*ast.DeferStmt)
			if maker == nil || !ok || inLoop(around) {
				continue
			}
			if called, ok := d.Call.Fun.(*ast.Ident); ok && s.pass.TypesInfo.Uses[called] == s.pass.TypesInfo.Defs[release] {
				names[maker], names[release], names[called] = true, true, true
				variables[s.pass.TypesInfo.Defs[release]] = true
			}
		}
		return true
	})
	other := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			return variables[s.pass.TypesInfo.Uses[n]] && !names[n]
		case *ast.BranchStmt:
			return n.Tok == token.GOTO
		}
		return false
	}
	if len(names) == 0 || within(fn, other) {
		return nil
	}
	return names
}

// makes returns what stmt calls to make a context, and the new variable that is to be
// called to release it, or nil.
func (s *idlers) makes(stmt ast.Stmt) (maker, release *ast.Ident) {
	assign, ok := stmt.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
		return nil, nil
	}
	call, ok := assign.Rhs[0].(*ast.CallExpr)
	if !ok {
		return nil, nil
	}
	maker = Callee(call)
	fn, isFunc := s.pass.TypesInfo.Uses[maker].(*types.Func)
	release, isName := assign.Lhs[1].(*ast.Ident)
	if !isFunc || !isName || s.pass.TypesInfo.Defs[release] == nil || useOfFunc(fn, s.useOf) != creates {
		return nil, nil
	}
	return maker, release
}

// inLoop reports whether what is inside around, in which outer nodes come first, is in
// a loop of its function.
func inLoop(around []ast.Node) bool {
	for _, n := range slices.Backward(around) {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit:
			return false
		}
	}
	return false
}
