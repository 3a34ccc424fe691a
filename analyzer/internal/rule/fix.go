package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// deferrable reports whether the release of c may be deferred where c is
// made: the statement is its function's own and runs once, the release
// function is there whatever the call returned, and the context is only
// passed to calls, so that nobody has use for it once the function returns.
func (p *Pass) deferrable(c *summary.Creation) bool {
	if p.generated(c.Call.Pos()) || p.inLoop(c.Call) || c.Owner() || c.Error != nil || c.OK != nil {
		return false
	}
	if results := c.Call.Call.Signature().Results(); source.IsError(results.At(results.Len() - 1).Type()) {
		return false
	}
	return c.Result.Ctx < 0 && !c.Result.Stop || c.Result.Ctx >= 0 && onlyPassed(c)
}

// onlyPassed reports whether the context that c makes is passed to calls that
// are executed at once, and to nothing else.
func onlyPassed(c *summary.Creation) bool {
	for _, ref := range *c.Call.Referrers() {
		e, ok := ref.(*ssa.Extract)
		if !ok || e.Index != c.Result.Ctx {
			continue
		}
		for _, use := range *e.Referrers() {
			if _, call := use.(*ssa.Call); !call {
				return false // kept, returned or shared with a goroutine
			}
		}
	}
	return true
}

// insertAfter is an edit that adds a statement on the line after stmt, with
// its indentation. It goes after a comment that trails stmt; where the block
// ends, or goes on, on the same line, it does not fit.
func (p *Pass) insertAfter(stmt ast.Stmt, text string) (edit analysis.TextEdit, fits bool) {
	file := p.Fset.File(stmt.Pos())
	line := file.Line(stmt.End())
	if line >= file.LineCount() || p.sharesLine(stmt) {
		return analysis.TextEdit{}, false
	}
	at := file.LineStart(line + 1)
	indent := p.indentation(stmt.Pos())
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(indent + text + "\n")}, true
}

// sharesLine reports whether something but a comment stands on the lines of
// stmt beside it.
func (p *Pass) sharesLine(stmt ast.Stmt) bool {
	file := p.Fset.File(stmt.Pos())
	first, last := file.Line(stmt.Pos()), file.Line(stmt.End())
	shares := false
	for _, f := range p.Files {
		if stmt.Pos() < f.FileStart || stmt.Pos() >= f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if n == nil || n == ast.Node(stmt) || shares {
				return false
			}
			switch n := n.(type) {
			case *ast.BlockStmt:
				if l := file.Line(n.Lbrace); n.Pos() < stmt.Pos() && stmt.End() <= n.End() && (l == first || file.Line(n.Rbrace) == last) {
					shares = true
				}
			case ast.Stmt:
				inside := n.Pos() <= stmt.Pos() && stmt.End() <= n.End()
				if !inside && (file.Line(n.Pos()) == last || file.Line(n.End()) == first) {
					shares = true
				}
			}
			return n.Pos() <= stmt.End()
		})
	}
	return shares
}

// insertBefore is an edit that adds statements on the lines before stmt.
func (p *Pass) insertBefore(stmt ast.Stmt, lines ...string) analysis.TextEdit {
	indent := p.indentation(stmt.Pos())
	at := stmt.Pos()
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(strings.Join(lines, "\n"+indent) + "\n" + indent)}
}

// fixOverwritten releases the old value before the store at instr: it is safe
// where the store is a statement of its own to a field of function type, which
// is called without arguments and may be nil.
func (p *Pass) fixOverwritten(e *place.Entry, instr ssa.Instruction) []analysis.SuggestedFix {
	lhs := p.leftSide(instr)
	if lhs == nil || e.Inner != "" || e.Elem || p.generated(instr.Pos()) || !simple(lhs) {
		return nil
	}
	assign, list := p.statementAt(lhs.Pos())
	arg, ok := releaseArgument(p.TypesInfo.TypeOf(lhs))
	if !ok || assign == nil || !slices.Contains(list, ast.Stmt(assign)) {
		return nil
	}
	name := exprString(lhs)
	return []analysis.SuggestedFix{{
		Message:   "Release the previous value before it is overwritten",
		TextEdits: []analysis.TextEdit{p.insertBefore(assign, "if "+name+" != nil {", "\t"+name+"("+arg+")", "}")},
	}}
}

// fixDropped calls the map entry's function before it is deleted.
func (p *Pass) fixDropped(e *place.Entry, instr ssa.Instruction) []analysis.SuggestedFix {
	call := p.callAt(instr.Pos())
	if call == nil || e.Inner != "" || !e.Elem || p.generated(instr.Pos()) || len(call.Args) != 2 {
		return nil
	}
	fn, ok := call.Fun.(*ast.Ident)
	if !ok || fn.Name != "delete" || !simple(call.Args[0]) || !simple(call.Args[1]) {
		return nil
	}
	m, ok := p.TypesInfo.TypeOf(call.Args[0]).Underlying().(*types.Map)
	if !ok {
		return nil
	}
	arg, ok := releaseArgument(m.Elem())
	stmt := p.expressionStatement(call)
	if !ok || stmt == nil || p.taken(stmt, "cancel") {
		return nil
	}
	entry := exprString(call.Args[0]) + "[" + exprString(call.Args[1]) + "]"
	return []analysis.SuggestedFix{{
		Message:   "Release the entry before it is deleted",
		TextEdits: []analysis.TextEdit{p.insertBefore(stmt, "if cancel := "+entry+"; cancel != nil {", "\tcancel("+arg+")", "}")},
	}}
}

// releaseArgument returns the arguments with which a release function of type
// t is called.
func releaseArgument(t types.Type) (string, bool) {
	if t == nil || !source.Callable(t) {
		return "", false
	}
	sig, ok := t.Underlying().(*types.Signature)
	if ok && sig.Params().Len() == 1 {
		return "nil", true
	}
	return "", ok
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

// expressionStatement finds the statement that is call alone, in a block.
func (p *Pass) expressionStatement(call *ast.CallExpr) ast.Stmt {
	var found ast.Stmt
	for _, f := range p.Files {
		if call.Pos() < f.FileStart || call.Pos() >= f.FileEnd {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			block, ok := n.(*ast.BlockStmt)
			if !ok {
				return found == nil
			}
			for _, s := range block.List {
				if x, ok := s.(*ast.ExprStmt); ok && x.X == ast.Expr(call) {
					found = s
				}
			}
			return found == nil
		})
	}
	return found
}

// indentation is the tabs before pos on its line: gofmt's columns are tabs.
func (p *Pass) indentation(pos token.Pos) string {
	return strings.Repeat("\t", p.Fset.PositionFor(pos, false).Column-1) // whatever //line says
}

// generated reports whether the file of pos is generated code.
func (p *Pass) generated(pos token.Pos) bool {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return ast.IsGenerated(f)
		}
	}
	return false
}

// taken reports whether name already means something where stmt stands, or
// is used after it.
func (p *Pass) taken(stmt ast.Stmt, name string) bool {
	scope := p.Pkg.Scope().Innermost(stmt.Pos())
	if scope == nil {
		return true
	}
	_, obj := scope.LookupParent(name, token.NoPos)
	return obj != nil
}
