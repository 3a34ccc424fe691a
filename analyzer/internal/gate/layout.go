package gate

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
)

// A layout is declarations in the order of their positions.
type layout []ast.Decl

func layoutOf(files []*ast.File) layout {
	var l layout
	for _, f := range files {
		l = append(l, f.Decls...)
	}
	slices.SortFunc(l, func(a, b ast.Decl) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return l
}

// at returns the declaration that pos is in, or nil.
func (l layout) at(pos token.Pos) ast.Decl {
	i, _ := slices.BinarySearchFunc(l, pos, func(d ast.Decl, pos token.Pos) int { return cmp.Compare(d.End(), pos) })
	if i < len(l) && l[i].Pos() <= pos {
		return l[i]
	}
	return nil
}
