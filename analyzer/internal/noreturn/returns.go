package noreturn

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// Returns tells of functions that pass's package declares whether they plainly
// return: some way through the statements reaches a return or the end of the body,
// past no call that may never return. Of others nothing is certain.
func Returns(pass *analysis.Pass) func(*ast.FuncDecl) bool {
	r := &returns{pass: pass, decls: make(map[types.Object]*ast.FuncDecl), known: make(map[*ast.FuncDecl]bool)}
	for _, f := range pass.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				r.decls[pass.TypesInfo.Defs[fd.Name]] = fd
			}
		}
	}
	return r.plainly
}

type returns struct {
	pass  *analysis.Pass
	decls map[types.Object]*ast.FuncDecl
	known map[*ast.FuncDecl]bool // false while it is being asked about
}

func (r *returns) plainly(fd *ast.FuncDecl) bool {
	done, ok := r.known[fd]
	if !ok {
		r.known[fd] = false
		out := r.list(fd.Body.List)
		done = out.past || out.returns
		r.known[fd] = done
	}
	return done
}

// A wayOut says how control plainly may leave a statement.
type wayOut struct{ past, returns bool }

func (r *returns) list(stmts []ast.Stmt) wayOut {
	out := wayOut{past: true}
	for _, s := range stmts {
		next := r.stmt(s)
		out = wayOut{past: next.past, returns: out.returns || next.returns}
		if !out.past {
			break
		}
	}
	return out
}

func (r *returns) stmt(s ast.Stmt) wayOut {
	switch s := s.(type) {
	case *ast.BlockStmt:
		return r.list(s.List)
	case *ast.LabeledStmt:
		return r.stmt(s.Stmt)
	case *ast.ReturnStmt:
		return wayOut{returns: r.passes(s)}
	case *ast.BranchStmt:
		return wayOut{}
	case *ast.IfStmt:
		if !r.passes(s.Init) || !r.passes(s.Cond) {
			return wayOut{}
		}
		otherwise := wayOut{past: true}
		if s.Else != nil {
			otherwise = r.stmt(s.Else)
		}
		return either(r.list(s.Body.List), otherwise)
	case *ast.ForStmt:
		if !r.passes(s.Init) || !r.passes(s.Cond) {
			return wayOut{}
		}
		return wayOut{past: s.Cond != nil, returns: r.list(s.Body.List).returns}
	case *ast.RangeStmt:
		_, calls := r.pass.TypesInfo.TypeOf(s.X).Underlying().(*types.Signature)
		return wayOut{past: !calls && r.passes(s.X)}
	case *ast.SwitchStmt:
		if !r.passes(s.Init) || !r.passes(s.Tag) {
			return wayOut{}
		}
		return r.clauses(s.Body, true)
	case *ast.TypeSwitchStmt:
		if !r.passes(s.Init) || !r.passes(s.Assign) {
			return wayOut{}
		}
		return r.clauses(s.Body, true)
	case *ast.SelectStmt:
		return r.clauses(s.Body, false)
	}
	return wayOut{past: r.passes(s)}
}

// clauses is stmt for the clauses of a statement that goes past them, if past is
// set, unless one of them is the default.
func (r *returns) clauses(body *ast.BlockStmt, past bool) wayOut {
	out := wayOut{}
	for _, c := range body.List {
		switch c := c.(type) {
		case *ast.CaseClause:
			past = past && c.List != nil
			if !slices.ContainsFunc(c.List, func(e ast.Expr) bool { return !r.passes(e) }) {
				out = either(out, r.list(c.Body))
			}
		case *ast.CommClause:
			if r.passes(c.Comm) {
				out = either(out, r.list(c.Body))
			}
		}
	}
	out.past = out.past || past
	return out
}

func either(a, b wayOut) wayOut { return wayOut{a.past || b.past, a.returns || b.returns} }

// passes reports whether control plainly gets past n, which may be nil: no call in
// it may never return.
func (r *returns) passes(n ast.Node) bool {
	passes := true
	if n == nil {
		return true
	}
	ast.Inspect(n, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		passes = passes && !(ok && r.mayNever(call))
		return passes
	})
	return passes
}

// mayNever reports whether call may never return.
func (r *returns) mayNever(call *ast.CallExpr) bool {
	if never(r.pass, call) {
		return true
	}
	id := gate.Callee(call)
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.IndexExpr:
		id = gate.Callee(&ast.CallExpr{Fun: f.X})
	case *ast.IndexListExpr:
		id = gate.Callee(&ast.CallExpr{Fun: f.X})
	}
	if id == nil {
		return false
	}
	fd := r.decls[origin(r.pass.TypesInfo.Uses[id])]
	return fd != nil && !r.plainly(fd)
}

func origin(obj types.Object) types.Object {
	if fn, ok := obj.(*types.Func); ok {
		return fn.Origin()
	}
	return obj
}
