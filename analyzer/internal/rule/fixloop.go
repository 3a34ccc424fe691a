package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file mends a release that is deferred in a loop: the rest of the turn
// becomes a function, whose end is the turn's; or the release is called where
// the turn ends.

// fixPiledUp are the fixes for c, whose release d defers on each turn.
func (p *Pass) fixPiledUp(c *summary.Creation, d *ssa.Defer) []analysis.SuggestedFix {
	m, ok := p.made(c)
	if !ok || p.generated(c.Call.Pos()) {
		return nil
	}
	// Nobody may have use for the context after the turn.
	if !only(m.uses, called, deferred) || m.Result.Stop && !p.callbackOfCall(m) {
		return nil
	}
	last := p.lastOfTurn(m)
	at, ok := p.statementAt(d.Pos())
	deferral, isDefer := at.stmt.(*ast.DeferStmt)
	if last == nil || !ok || !isDefer || at.list[0] != m.list[0] || at.i < m.i {
		return nil
	}
	rest := p.rest(m.list[m.i:])
	if rest.returns || rest.leaves || rest.defers > 1 || rest.labels {
		return nil
	}
	var fixes []analysis.SuggestedFix
	if edits, ok := p.wrap(m.stmt, last, rest); ok {
		fixes = append(fixes, fix("Make the rest of the turn a function", edits...)...)
	}
	if len(rest.continues) == 0 && !rest.panics {
		call := p.source(deferral.Call)
		gone, fits := p.removeLines(deferral)
		below, fits2 := p.insertAfter(last, call)
		if call != "" && !strings.Contains(call, "\n") && fits && fits2 && last != ast.Stmt(deferral) {
			fixes = append(fixes, fix("Call it at the end of the turn", gone, below)...)
		}
	}
	return fixes
}

// lastOfTurn is the last statement of the loop body in whose list m stands, or
// nil if m does not stand in one.
func (p *Pass) lastOfTurn(m *maker) ast.Stmt {
	for _, n := range p.enclosing(m.stmt.Pos()) {
		var body *ast.BlockStmt
		switch n := n.(type) {
		case *ast.ForStmt:
			body = n.Body
		case *ast.RangeStmt:
			body = n.Body
		case *ast.FuncLit, *ast.FuncDecl:
			return nil
		default:
			continue
		}
		if len(body.List) == 0 || body.List[0] != m.list[0] {
			return nil
		}
		return body.List[len(body.List)-1]
	}
	return nil
}

// A remainder is how the statements from the creation to the end of a turn may
// go elsewhere.
type remainder struct {
	returns   bool // from the function
	leaves    bool // the loop, or goes to a label
	labels    bool
	panics    bool // or recovers
	defers    int
	continues []*ast.BranchStmt // to the next turn
}

func (p *Pass) rest(list []ast.Stmt) remainder {
	var r remainder
	var visit func(n ast.Node, inLoop, inSwitch bool)
	visit = func(n ast.Node, inLoop, inSwitch bool) {
		ast.Inspect(n, func(x ast.Node) bool {
			if x == n {
				return true
			}
			switch x := x.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				r.returns = true
			case *ast.LabeledStmt:
				r.labels = true
			case *ast.DeferStmt:
				r.defers++
			case *ast.CallExpr:
				if id, ok := x.Fun.(*ast.Ident); ok {
					obj := p.TypesInfo.Uses[id]
					r.panics = r.panics || obj == types.Universe.Lookup("panic") || obj == types.Universe.Lookup("recover")
					r.returns = r.returns || obj == types.Universe.Lookup("recover")
				}
			case *ast.BranchStmt:
				switch {
				case x.Label != nil || x.Tok == token.GOTO:
					r.leaves = true
				case x.Tok == token.BREAK && !inLoop && !inSwitch:
					r.leaves = true
				case x.Tok == token.CONTINUE && !inLoop:
					r.continues = append(r.continues, x)
				}
			case *ast.ForStmt, *ast.RangeStmt:
				visit(x, true, true)
				return false
			case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				visit(x, inLoop, true)
				return false
			}
			return true
		})
	}
	visit(&ast.BlockStmt{List: list}, false, false)
	return r
}

// wrap makes a function literal of the statements from first to last, and calls
// it. What went on with the next turn returns from it.
func (p *Pass) wrap(first, last ast.Stmt, r remainder) ([]analysis.TextEdit, bool) {
	if !p.ownLines(first) || !p.ownLines(last) {
		return nil, false
	}
	file, indent := p.Fset.File(first.Pos()), p.indentation(first.Pos())
	raw := p.rawLines(first)
	begin := p.insertLines(p.line(first.Pos()), first, indent, []string{"func() {"})
	begin.NewText = append(begin.NewText, '\t')
	edits := []analysis.TextEdit{begin}
	for line := p.line(first.Pos()) + 1; line <= p.line(last.End()); line++ {
		if at := file.LineStart(line); !raw[line] && file.LineStart(line+1) > at+1 {
			edits = append(edits, analysis.TextEdit{Pos: at, End: at, NewText: []byte("\t")})
		}
	}
	for _, c := range r.continues {
		edits = append(edits, analysis.TextEdit{Pos: c.Pos(), End: c.End(), NewText: []byte("return")})
	}
	return append(edits, p.insertLines(p.line(last.End())+1, last, indent, []string{"}()"})), true
}

// rawLines are the lines in the file of n that begin inside a raw string: a tab
// there would be part of it.
func (p *Pass) rawLines(n ast.Node) map[int]bool {
	lines := make(map[int]bool)
	ast.Inspect(p.file(n.Pos()), func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && lit.Value[0] == '`' {
			for l := p.line(lit.Pos()) + 1; l <= p.line(lit.End()); l++ {
				lines[l] = true
			}
		}
		return true
	})
	return lines
}

// source is n as written, if that can be read.
func (p *Pass) source(n ast.Node) string {
	file := p.Fset.File(n.Pos())
	if p.ReadFile == nil {
		return ""
	}
	data, err := p.ReadFile(file.Name())
	if err != nil || len(data) != file.Size() {
		return ""
	}
	return string(data[file.Offset(n.Pos()):file.Offset(n.End())])
}
