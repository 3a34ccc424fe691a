package rule

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/astutil"
)

// This file finds statements and writes edits. Edits are made of whole lines, so
// that comments stay with what they are about and the result is gofmt'd where
// the source was.

// file is the syntax of the file of pos.
func (p *Pass) file(pos token.Pos) *ast.File {
	i := slices.IndexFunc(p.Files, func(f *ast.File) bool { return f.FileStart <= pos && pos < f.FileEnd })
	if i < 0 {
		return nil
	}
	return p.Files[i]
}

// inspect calls f for the nodes of the declaration that pos is in, so that
// what is asked of one function does not cost the whole package.
func (p *Pass) inspect(pos token.Pos, f func(ast.Node) bool) {
	file := p.file(pos)
	if file == nil {
		return
	}
	i, _ := slices.BinarySearchFunc(file.Decls, pos, func(d ast.Decl, pos token.Pos) int { return cmp.Compare(d.End(), pos+1) })
	if i < len(file.Decls) {
		ast.Inspect(file.Decls[i], f)
	}
}

// generated reports whether the file of pos is generated code.
func (p *Pass) generated(pos token.Pos) bool {
	f := p.file(pos)
	return f == nil || ast.IsGenerated(f)
}

// nobodys reports whether pos is in a file that nobody writes: a generated one,
// but not what cgo makes of a file that somebody does.
func (p *Pass) nobodys(pos token.Pos) bool {
	return p.generated(pos) && p.Fset.Position(pos).Filename == p.Fset.File(pos).Name()
}

// enclosing returns the nodes around pos, innermost first.
func (p *Pass) enclosing(pos token.Pos) []ast.Node {
	f := p.file(pos)
	if f == nil {
		return nil
	}
	path, _ := astutil.PathEnclosingInterval(f, pos, pos)
	return path
}

// A listed is a statement among those of a block or of a case.
type listed struct {
	stmt ast.Stmt
	list []ast.Stmt
	i    int // of stmt in list
}

// statementAt returns the innermost statement around pos that stands in a list.
func (p *Pass) statementAt(pos token.Pos) (listed, bool) {
	path := p.enclosing(pos)
	for k := range len(path) - 1 {
		stmt, ok := path[k].(ast.Stmt)
		if !ok {
			continue
		}
		list := statements(path[k+1])
		if i := slices.Index(list, stmt); i >= 0 {
			return listed{stmt, list, i}, true
		}
	}
	return listed{}, false
}

// statements are those of which n is the list.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// next is the statement after s in its list, or nil.
func (s listed) next() ast.Stmt {
	if s.i+1 < len(s.list) {
		return s.list[s.i+1]
	}
	return nil
}

// functionAround is the body of the innermost function around pos.
func (p *Pass) functionAround(pos token.Pos) *ast.BlockStmt {
	for _, n := range p.enclosing(pos) {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return n.Body
		case *ast.FuncLit:
			return n.Body
		}
	}
	return nil
}

// line is the line of pos in its file, whatever //line comments say.
func (p *Pass) line(pos token.Pos) int { return p.Fset.PositionFor(pos, false).Line }

// indentation is the tabs before pos on its line: gofmt's columns are tabs.
func (p *Pass) indentation(pos token.Pos) string {
	return strings.Repeat("\t", p.Fset.PositionFor(pos, false).Column-1)
}

// ownLines reports whether nothing but comments stands on the lines of n beside
// it, and the file goes on after them.
func (p *Pass) ownLines(n ast.Node) bool {
	first, last := p.line(n.Pos()), p.line(n.End())
	if last >= p.Fset.File(n.Pos()).LineCount() {
		return false
	}
	alone := true
	ast.Inspect(p.file(n.Pos()), func(x ast.Node) bool {
		if x == nil || !alone || x == n || x.Pos() > n.End() && p.line(x.Pos()) > last {
			return false
		}
		switch x := x.(type) {
		case *ast.Comment, *ast.CommentGroup:
			return false
		case *ast.BlockStmt:
			if x.Pos() < n.Pos() && n.End() <= x.End() && (p.line(x.Lbrace) == first || p.line(x.Rbrace) == last) {
				alone = false
			}
		case *ast.CaseClause:
			if x.Pos() < n.Pos() && n.End() <= x.End() && p.line(x.Colon) == first {
				alone = false
			}
		case *ast.CommClause:
			if x.Pos() < n.Pos() && n.End() <= x.End() && p.line(x.Colon) == first {
				alone = false
			}
		case ast.Stmt:
			around := x.Pos() <= n.Pos() && n.End() <= x.End()
			if !around && (p.line(x.Pos()) == last || p.line(x.End()) == first) {
				alone = false
			}
			if x, ok := x.(*ast.LabeledStmt); ok && around && p.line(x.Colon) == first {
				alone = false
			}
		}
		return true
	})
	return alone
}

// insertAfter is an edit that adds lines below stmt and the comment that trails
// it.
func (p *Pass) insertAfter(stmt ast.Stmt, lines ...string) (edit analysis.TextEdit, fits bool) {
	if !p.ownLines(stmt) {
		return edit, false
	}
	return p.insertLines(p.line(stmt.End())+1, stmt, p.indentation(stmt.Pos()), lines), true
}

// insertBefore is an edit that adds lines above n, a statement or a function's
// end.
func (p *Pass) insertBefore(n ast.Node, lines ...string) (edit analysis.TextEdit, fits bool) {
	if e, ok := n.(end); ok {
		indent := p.indentation(e.brace)
		body := p.functionAround(e.brace)
		// The brace stands alone, and is the first on its line.
		alone := p.line(body.Lbrace) < p.line(e.brace) && len(body.List) > 0 && p.line(body.List[len(body.List)-1].End()) < p.line(e.brace)
		return p.insertLines(p.line(e.brace), e, indent+"\t", lines), alone
	}
	if !p.ownLines(n) {
		return edit, false
	}
	return p.insertLines(p.line(n.Pos()), n, p.indentation(n.Pos()), lines), true
}

// insertLines is an edit that adds lines before the given line of n's file.
func (p *Pass) insertLines(line int, n ast.Node, indent string, lines []string) analysis.TextEdit {
	at := p.Fset.File(n.Pos()).LineStart(line)
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(indent + strings.Join(lines, "\n"+indent) + "\n")}
}

// removeLines is an edit that takes away the lines of stmt.
func (p *Pass) removeLines(stmt ast.Stmt) (edit analysis.TextEdit, fits bool) {
	if !p.ownLines(stmt) {
		return edit, false
	}
	file := p.Fset.File(stmt.Pos())
	return analysis.TextEdit{Pos: file.LineStart(p.line(stmt.Pos())), End: file.LineStart(p.line(stmt.End()) + 1)}, true
}

// fix is a suggested fix of edits that all fit.
func fix(message string, edits ...analysis.TextEdit) []analysis.SuggestedFix {
	return []analysis.SuggestedFix{{Message: message, TextEdits: edits}}
}

// simple reports whether evaluating e twice does nothing: it is a variable or
// a field of one.
func simple(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident, *ast.BasicLit:
		return true
	case *ast.SelectorExpr:
		return simple(e.X)
	}
	return false
}

// taken reports whether name means something at pos, or will further down.
func (p *Pass) taken(pos token.Pos, name string) bool {
	scope := p.Pkg.Scope().Innermost(pos)
	if scope == nil {
		return true
	}
	_, obj := scope.LookupParent(name, token.NoPos)
	return obj != nil
}

// means reports whether the variable that e begins with is, at pos, the one
// that it is where e stands, and is assigned once.
func (p *Pass) means(e ast.Expr, pos token.Pos) bool {
	for {
		switch x := ast.Unparen(e).(type) {
		case *ast.SelectorExpr:
			e = x.X
			continue
		case *ast.Ident:
			obj, ok := p.TypesInfo.ObjectOf(x).(*types.Var)
			scope := p.Pkg.Scope().Innermost(pos)
			if !ok || scope == nil || reassigned(p, x) {
				return false
			}
			_, found := scope.LookupParent(x.Name, pos)
			return found == obj
		}
		return false
	}
}
