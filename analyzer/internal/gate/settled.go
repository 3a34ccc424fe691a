package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A settling finds what a function of a test file names, though it is concerned with
// releases, without anything to be found in it by the rules that are on there: what
// makes something of which the function is bound to call the release,
//
//	ctx, cancel := context.WithTimeout(context.Background(), timeout)
//	defer cancel()
//
// what makes an owner, of which they speak only where it is stored over in a variable,
// and variables that hold no release at all.
type settling struct {
	*idlers
	makers   map[*ast.Ident]bool         // the names of what makes such things, called
	into     map[*ast.Ident][]*types.Var // the variables that are given what a call of that name returns
	defined  map[*types.Var]bool         // variables with a first value that is known
	set      map[*types.Var]int          // how often they are set, or may be, to another
	known    map[*types.Var]int          // and how often that is known as well
	released map[*types.Var]bool         // some value is a release, which is called in the end
	harmless map[*ast.Ident]bool         // where they are set to that, or called
	jumps    bool                        // there may be loops made by hand
}

func (s *idlers) settle(fn *ast.FuncDecl) *settling {
	t := &settling{
		idlers:   s,
		makers:   make(map[*ast.Ident]bool),
		into:     make(map[*ast.Ident][]*types.Var),
		defined:  make(map[*types.Var]bool),
		set:      make(map[*types.Var]int),
		known:    make(map[*types.Var]int),
		released: make(map[*types.Var]bool),
		harmless: make(map[*ast.Ident]bool),
	}
	ast.PreorderStack(fn, nil, func(n ast.Node, around []ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			t.statements(n.List, around)
		case *ast.CaseClause:
			t.statements(n.Body, around)
		case *ast.CommClause:
			t.statements(n.Body, around)
		case *ast.AssignStmt:
			t.assignment(n)
		case *ast.ValueSpec:
			t.declaration(n)
		case *ast.RangeStmt:
			t.sets(n.Key)
			t.sets(n.Value)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				t.sets(n.X)
			}
		case *ast.BranchStmt:
			t.jumps = t.jumps || n.Tok == token.GOTO
		case *ast.CallExpr:
			if id := t.calls(n); id != nil {
				t.harmless[id] = true
			}
		}
		return true
	})
	return t
}

// settled reports whether id, which is concerned, is of no interest.
func (t *settling) settled(id *ast.Ident) bool {
	if t.jumps {
		return false
	}
	switch obj := t.pass.TypesInfo.ObjectOf(id).(type) {
	case *types.Var:
		return t.defined[obj] && t.set[obj] == t.known[obj] && (!t.released[obj] || t.harmless[id])
	case *types.Func:
		return (t.makers[id] || !t.releases(obj)) && !slices.ContainsFunc(t.into[id], func(v *types.Var) bool {
			return t.set[v] != t.known[v] && !source.Bare(v.Type()) && !source.IsContext(v.Type())
		})
	}
	return false
}

// releases reports whether fn may return a function to be called, or something that
// the standard library's table says is to be released.
func (t *settling) releases(fn *types.Func) bool {
	return tabledFunc(fn) != None || anyOf(fn.Signature().Results(), callable)
}

// statements looks for calls in list, inside around, that return functions of which
// each is bound to be called in the end.
func (t *settling) statements(list []ast.Stmt, around []ast.Node) {
	for k, stmt := range list {
		assign, ok := stmt.(*ast.AssignStmt)
		if !ok || len(assign.Rhs) != 1 {
			continue
		}
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok {
			continue
		}
		maker := Callee(call)
		fn, ok := t.pass.TypesInfo.Uses[maker].(*types.Func)
		if !ok || !t.concerns(fn) || tabledFunc(fn) == Owes || inLoop(around) {
			continue
		}
		t.makers[maker] = true
		for i, lhs := range assign.Lhs {
			if !callable(resultOf(t.pass.TypesInfo.TypeOf(call), i)) {
				continue
			}
			v := t.variable(lhs)
			if v == nil || !source.Callable(v.Type()) || !t.calledAtEnd(v, list[k+1:]) {
				t.makers[maker] = false
				continue
			}
			t.know(lhs)
			t.released[v] = true
			t.harmless[lhs.(*ast.Ident)] = true
		}
	}
}

// resultOf is the type of the i-th result of a call of type t.
func resultOf(t types.Type, i int) types.Type {
	if results, ok := t.(*types.Tuple); ok {
		return results.At(i).Type()
	}
	return t
}

// variable is the variable of the function that e names, or nil.
func (t *settling) variable(e ast.Expr) *types.Var {
	id, ok := e.(*ast.Ident)
	if !ok || id.Name == "_" {
		return nil
	}
	v, _ := t.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if v == nil || t.shared(v) {
		return nil
	}
	return v
}

// sets notes that the variable e, if it is none that is defined here, may be set.
func (t *settling) sets(e ast.Expr) {
	if v := t.variable(e); v != nil && t.pass.TypesInfo.Defs[e.(*ast.Ident)] == nil {
		t.set[v]++
	}
}

// know notes that what the variable e is set to is known.
func (t *settling) know(e ast.Expr) {
	v := t.variable(e)
	switch {
	case v == nil:
	case t.pass.TypesInfo.Defs[e.(*ast.Ident)] != nil:
		t.defined[v] = true
	default:
		t.known[v]++
	}
}

// calledAtEnd reports whether list, however it goes on, defers a call of v, or leaves
// that to the end of the test, before it does anything else with v.
func (t *settling) calledAtEnd(v *types.Var, list []ast.Stmt) bool {
	names := func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		return ok && t.pass.TypesInfo.Uses[id] == v
	}
	for _, stmt := range list {
		if id := t.deferred(stmt); id != nil && names(id) {
			return true
		}
		if leaves(stmt) || within(stmt, names) {
			return false
		}
	}
	return false
}

// deferred is the name of the function that stmt has called in the end, or nil.
func (t *settling) deferred(stmt ast.Stmt) *ast.Ident {
	switch stmt := stmt.(type) {
	case *ast.DeferStmt:
		return t.calls(stmt.Call)
	case *ast.ExprStmt:
		if call, ok := stmt.X.(*ast.CallExpr); ok && t.atEnd(call) {
			return t.calls(call)
		}
	}
	return nil
}

// calls is the name of the function that call calls, now or at the end of the test, or
// nil.
func (t *settling) calls(call *ast.CallExpr) *ast.Ident {
	fun := call.Fun
	if t.atEnd(call) {
		fun = call.Args[0]
	}
	id, _ := fun.(*ast.Ident)
	return id
}

// atEnd reports whether call has a function called at the end of the test.
func (t *settling) atEnd(call *ast.CallExpr) bool {
	fn, ok := t.pass.TypesInfo.Uses[Callee(call)].(*types.Func)
	if !ok || len(call.Args) != 1 {
		return false
	}
	_, when := source.Runs(fn)
	return when == source.AtEnd
}

// leaves reports whether stmt may leave the statements that it is among.
func leaves(stmt ast.Stmt) bool {
	found := false
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			found = true
		case *ast.FuncLit:
			return false
		}
		return !found
	})
	return found
}

// assignment notes the variables that are given nothing to release, and those that are
// given what a call returns.
func (t *settling) assignment(assign *ast.AssignStmt) {
	for i, lhs := range assign.Lhs {
		t.sets(lhs)
		rhs := assign.Rhs[min(i, len(assign.Rhs)-1)]
		if t.nothing(rhs) {
			t.know(lhs)
		}
		if call, ok := ast.Unparen(rhs).(*ast.CallExpr); ok {
			if v := t.variable(lhs); v != nil {
				t.into[Callee(call)] = append(t.into[Callee(call)], v)
			}
		}
	}
}

func (t *settling) declaration(spec *ast.ValueSpec) {
	for i, id := range spec.Names {
		if len(spec.Values) == 0 || t.nothing(spec.Values[min(i, len(spec.Values)-1)]) {
			t.know(id)
		}
	}
}

// nothing reports whether e has nothing to release: it is nil, a function, or what one
// that is not concerned returns.
func (t *settling) nothing(e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch t.pass.TypesInfo.Uses[e].(type) {
		case *types.Nil, *types.Func:
			return true
		}
	case *ast.SelectorExpr:
		_, is := t.pass.TypesInfo.Uses[e.Sel].(*types.Func)
		return is
	case *ast.CallExpr:
		fn, ok := t.pass.TypesInfo.Uses[Callee(e)].(*types.Func)
		return ok && !t.concerns(fn)
	}
	return false
}

// inLoop reports whether what is inside around, in which outer nodes come first, is in
// a loop of its function.
func inLoop(around []ast.Node) bool {
	for _, n := range slices.Backward(around) {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		case *ast.FuncLit:
			return false
		}
	}
	return false
}
