package gate

import (
	"go/ast"
	"go/token"
	"go/types"
)

// Sets calls yield with the variables and fields that n itself, and nothing in it,
// may set: it assigns to them, or to part of them, makes a struct with them, or takes
// their address.
func Sets(info *types.Info, n ast.Node, yield func(*types.Var)) {
	var set func(ast.Expr)
	set = func(e ast.Expr) {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			if v, ok := info.Uses[e].(*types.Var); ok {
				yield(v.Origin())
			}
		case *ast.SelectorExpr:
			set(e.Sel)
			set(e.X)
		case *ast.IndexExpr:
			set(e.X)
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, e := range n.Lhs {
			set(e)
		}
	case *ast.RangeStmt:
		set(n.Key)
		set(n.Value)
	case *ast.IncDecStmt:
		set(n.X)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			set(n.X)
		}
	case *ast.CompositeLit:
		st := Structure(info.TypeOf(n))
		if st == nil {
			break
		}
		for i, e := range n.Elts {
			if kv, keyed := e.(*ast.KeyValueExpr); keyed {
				set(kv.Key)
			} else {
				yield(st.Field(i).Origin())
			}
		}
	}
}

// Structure is the struct that t is or points to, or nil.
func Structure(t types.Type) *types.Struct {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, _ := t.Underlying().(*types.Struct)
	return st
}
