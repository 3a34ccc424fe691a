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
	for _, f := range p.Files {
		if obj == nil || obj.Pos() < f.FileStart || obj.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(node ast.Node) bool {
			if a, ok := node.(*ast.AssignStmt); ok {
				for _, lhs := range a.Lhs {
					if x, ok := lhs.(*ast.Ident); ok && p.TypesInfo.ObjectOf(x) == obj {
						n++
					}
				}
			}
			return true
		})
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
	for _, f := range p.Files {
		if id.Pos() < f.FileStart || id.Pos() > f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
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
	}
	return outside
}
