package rule

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/place"
)

// This file mends a type whose end forgets a release function that it keeps.

// fixNeverReleased calls what the field e keeps at the end of the one method that
// ends its object: what closes a channel of it, or something else that it has.
func (p *Pass) fixNeverReleased(e *place.Entry) []analysis.SuggestedFix {
	if e.Inner != "" || e.Elem || !e.Var.IsField() || p.generated(e.Var.Pos()) {
		return nil
	}
	arg, ok := releaseArgument(e.Var.Type())
	if !ok {
		return nil
	}
	var method *ast.FuncDecl
	for _, f := range p.Files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && p.ends(fn, e.Var) {
				if method != nil {
					return nil // which one, is not clear
				}
				method = fn
			}
		}
	}
	if method == nil || p.generated(method.Pos()) || p.Prog.InTest(method.Pos()) {
		return nil
	}
	holder := method.Recv.List[0].Names[0].Name + "." + e.Var.Name()
	lines := "if " + holder + " != nil {\n\t\tdefer " + holder + "(" + arg + ")\n\t}\n"
	body := method.Body
	edits := []analysis.TextEdit{{Pos: body.Lbrace + 1, End: body.Lbrace + 1, NewText: []byte("\n\t" + lines[:len(lines)-1])}}
	if p.line(body.Lbrace) == p.line(body.Rbrace) { // func (x *X) Stop() { close(x.quit) }
		edits[0].NewText = []byte("\n\t" + lines + "\t")
		last := body.List[len(body.List)-1].End()
		edits = append(edits, analysis.TextEdit{Pos: last, End: body.Rbrace, NewText: []byte("\n")})
	} else if p.line(body.Lbrace) == p.line(body.List[0].Pos()) {
		return nil
	}
	return fix("Call "+holder+" at the end of "+method.Name.Name, edits...)
}

// ends reports whether fn is a method of the struct that field is of, and ends
// its object: it closes a channel in another field, for good, or calls the Close
// of what is there.
func (p *Pass) ends(fn *ast.FuncDecl, field *types.Var) bool {
	if fn.Recv == nil || fn.Body == nil || len(fn.Body.List) == 0 || len(fn.Recv.List[0].Names) != 1 {
		return false
	}
	recv := p.TypesInfo.Defs[fn.Recv.List[0].Names[0]]
	if recv == nil || !hasField(recv.Type(), field) {
		return false
	}
	// own reports whether e is a field of the receiver.
	own := func(e ast.Expr) bool {
		sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
		if !ok {
			return false
		}
		id, ok := sel.X.(*ast.Ident)
		return ok && p.TypesInfo.Uses[id] == recv
	}
	found, again := false, false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			switch f := n.Fun.(type) {
			case *ast.Ident:
				found = found || p.TypesInfo.Uses[f] == types.Universe.Lookup("close") && own(n.Args[0])
			case *ast.SelectorExpr:
				found = found || f.Sel.Name == "Close" && own(f.X) && isCloser(p.TypesInfo.TypeOf(f.X))
			}
		case *ast.AssignStmt: // it begins anew
			for i, lhs := range n.Lhs {
				again = again || own(lhs) && (len(n.Rhs) != len(n.Lhs) || !isNil(p.TypesInfo, n.Rhs[i]) && p.TypesInfo.Types[n.Rhs[i]].Value == nil)
			}
		}
		return true
	})
	return found && !again
}

// hasField reports whether t, or what it points to, is a struct with the field.
func hasField(t types.Type, field *types.Var) bool {
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for i := range st.NumFields() {
		if st.Field(i).Origin() == field {
			return true
		}
	}
	return false
}
