package rule

import (
	"go/ast"
	"go/types"
)

func exprString(e ast.Expr) string { return types.ExprString(e) }
