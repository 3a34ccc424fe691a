package rule

import (
	"go/ast"
	"go/types"
)

// reassigned reports whether the variable that id declares or uses is
// assigned by another statement as well.
func reassigned(p *Pass, id *ast.Ident) bool {
	obj := p.TypesInfo.ObjectOf(id)
	n := 0
	count := func(node ast.Node) bool {
		if a, ok := node.(*ast.AssignStmt); ok {
			for _, lhs := range a.Lhs {
				if x, ok := lhs.(*ast.Ident); ok && p.TypesInfo.ObjectOf(x) == obj {
					n++
				}
			}
		}
		return true
	}
	switch {
	case obj == nil:
	case obj.Parent() == p.Pkg.Scope():
		for _, f := range p.Files {
			ast.Inspect(f, count)
		}
	default:
		p.inspect(obj.Pos(), count)
	}
	return n > 1
}

// declaredOutside reports whether the variable of id is declared before the
// innermost loop around the statement that assigns it.
func declaredOutside(p *Pass, id *ast.Ident) bool {
	obj, ok := p.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return false
	}
	outside := false
	p.inspect(id.Pos(), func(n ast.Node) bool {
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.ForStmt:
			body = n.Body
		case *ast.RangeStmt:
			body = n.Body
		default:
			return true
		}
		if body.Pos() <= id.Pos() && id.Pos() < body.End() {
			outside = obj.Pos() < body.Pos()
		}
		return true
	})
	return outside
}
