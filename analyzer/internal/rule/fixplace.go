package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file mends what a store or a removal loses: by releasing it first.

// fixOverwritten releases what e holds before the store at instr puts c there.
func (p *Pass) fixOverwritten(e *place.Entry, c *summary.Creation, instr ssa.Instruction) []analysis.SuggestedFix {
	lhs := p.leftSide(instr)
	if lhs == nil || p.generated(instr.Pos()) || c.Result.Stop {
		return nil // who stops the old callback may still need it
	}
	at, ok := p.statementAt(lhs.Pos())
	assign, isAssign := at.stmt.(*ast.AssignStmt)
	if !ok || !isAssign || assign.Tok != token.ASSIGN || p.fromOld(c, e, assign) || p.loopStarts(c) {
		return nil
	}
	lines := p.releaseOld(e, lhs)
	before, fits := p.insertBefore(assign, lines...)
	if lines == nil || !fits {
		return nil
	}
	return fix("Release the previous value before it is overwritten", before)
}

// fromOld reports whether the context that c makes may derive from the one that
// e held: then the old one has to stay.
func (p *Pass) fromOld(c *summary.Creation, e *place.Entry, assign *ast.AssignStmt) bool {
	if c.Parent == nil {
		return true
	}
	root := p.Set.Root(c.Parent)
	for _, call := range root.Through {
		if slices.ContainsFunc(e.Creations, func(o *summary.Creation) bool { return o.Call == call }) {
			return true
		}
	}
	if root.Kind != summary.FromField && root.Kind != summary.FromGlobal && root.Kind != summary.FromUnknown {
		return false
	}
	// A parent that is kept in a place which this statement, or another with
	// a context made from it, stores to.
	call := p.callAt(c.Call.Pos())
	if call == nil {
		return true
	}
	for _, arg := range call.Args {
		if p.storedNear(arg, assign) {
			return true
		}
	}
	return false
}

// storedNear reports whether the function around assign stores to e, or to what
// e is a field of.
func (p *Pass) storedNear(e ast.Expr, assign *ast.AssignStmt) bool {
	text, found := types.ExprString(ast.Unparen(e)), false
	ast.Inspect(p.functionAround(assign.Pos()), func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, lhs := range a.Lhs {
				l := types.ExprString(lhs)
				found = found || l == text || strings.HasPrefix(text, l+".")
			}
		}
		return !found
	})
	return found
}

// loopStarts reports whether the function that makes c makes one on each turn of
// a loop and has others go on with it: to end the one of the turn before may be
// too early.
func (p *Pass) loopStarts(c *summary.Creation) bool {
	if !p.inLoop(c.Call) {
		return false
	}
	uses, _ := p.contextUses(c)
	return !only(uses, called, deferred)
}

// fixDropped releases what e holds before the removal at instr takes it away.
func (p *Pass) fixDropped(e *place.Entry, instr ssa.Instruction) []analysis.SuggestedFix {
	if p.generated(instr.Pos()) || slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return c.Result.Stop }) {
		return nil
	}
	var stmt ast.Stmt
	var lines []string
	message := "Release it before it is dropped"
	if call := p.callAt(instr.Pos()); call != nil {
		at, ok := p.statementAt(call.Pos())
		x, alone := at.stmt.(*ast.ExprStmt)
		fn, builtin := call.Fun.(*ast.Ident)
		if !ok || !alone || x.X != call || !builtin || !e.Elem {
			return nil
		}
		stmt = x
		switch {
		case fn.Name == "delete" && len(call.Args) == 2 && simple(call.Args[0]) && simple(call.Args[1]):
			lines = p.releaseOld(e, &ast.IndexExpr{X: call.Args[0], Index: call.Args[1]})
			message = "Release the entry before it is deleted"
		case fn.Name == "clear" && len(call.Args) == 1:
			lines = p.releaseAll(e, call.Args[0])
			message = "Release the entries before they are cleared"
		}
	} else if lhs := p.leftSide(instr); lhs != nil {
		at, ok := p.statementAt(lhs.Pos())
		assign, isAssign := at.stmt.(*ast.AssignStmt)
		if !ok || !isAssign || assign.Tok != token.ASSIGN {
			return nil
		}
		stmt = assign
		switch lhs := ast.Unparen(lhs).(type) {
		case *ast.StarExpr: // *q = Query{}
			if simple(lhs.X) {
				lines = p.releaseField(e, lhs.X)
			}
		default:
			lines = p.releaseOld(e, lhs)
			if e.Elem {
				lines = p.releaseRemoved(e, lhs, assign)
			}
		}
	}
	if lines == nil {
		return nil
	}
	before, fits := p.insertBefore(stmt, lines...)
	if !fits {
		return nil
	}
	return fix(message, before)
}

// releaseOld are the lines that release what the place holder, an expression,
// holds of e.
func (p *Pass) releaseOld(e *place.Entry, holder ast.Expr) []string {
	if ix, ok := ast.Unparen(holder).(*ast.IndexExpr); ok {
		elem, isMap := element(p.TypesInfo.TypeOf(ix.X))
		if !e.Elem || elem == nil || !simple(ix.X) || !simple(ix.Index) {
			return nil
		}
		name := "old"
		if _, isFunc := elem.Underlying().(*types.Signature); isFunc {
			name = "cancel"
		}
		if p.taken(ix.X.Pos(), name) {
			return nil
		}
		call, checks, ok := p.releaseIn(e, name, elem)
		if !ok || len(checks) == 0 && !isMap {
			return nil
		}
		entry := types.ExprString(ix.X) + "[" + types.ExprString(ix.Index) + "]"
		if len(checks) == 0 {
			return []string{"if " + name + ", ok := " + entry + "; ok {", "\t" + call, "}"}
		}
		return []string{"if " + name + " := " + entry + "; " + strings.Join(checks, " && ") + " {", "\t" + call, "}"}
	}
	if e.Elem || !simple(holder) {
		return nil
	}
	call, checks, ok := p.releaseIn(e, types.ExprString(holder), p.TypesInfo.TypeOf(holder))
	if !ok || len(checks) == 0 {
		return nil
	}
	return []string{"if " + strings.Join(checks, " && ") + " {", "\t" + call, "}"}
}

// releaseField are the lines that release what the field e of object holds.
func (p *Pass) releaseField(e *place.Entry, object ast.Expr) []string {
	obj, _, _ := types.LookupFieldOrMethod(p.TypesInfo.TypeOf(object), true, p.Pkg, e.Var.Name())
	field, ok := obj.(*types.Var)
	if !ok || field.Origin() != e.Var || e.Elem {
		return nil
	}
	call, checks, ok := p.releaseIn(e, types.ExprString(object)+"."+field.Name(), field.Type())
	if !ok || len(checks) == 0 {
		return nil
	}
	return []string{"if " + strings.Join(checks, " && ") + " {", "\t" + call, "}"}
}

// releaseRemoved are the lines that release the elements which assign takes away
// from the container that it stores to:
//
//	x = nil, x = x[:0], x = make(…), x = T{}     all
//	x = x[1:]                                    the first
//	x = append(x[:i], x[i+1:]...)                that at i
func (p *Pass) releaseRemoved(e *place.Entry, container ast.Expr, assign *ast.AssignStmt) []string {
	if len(assign.Lhs) != len(assign.Rhs) || !simple(container) {
		return nil
	}
	i := slices.IndexFunc(assign.Lhs, func(l ast.Expr) bool { return ast.Unparen(l) == container })
	rhs, same := ast.Unparen(assign.Rhs[i]), types.ExprString(container)
	part := func(e ast.Expr) (low, high ast.Expr, ok bool) {
		s, isSlice := ast.Unparen(e).(*ast.SliceExpr)
		if !isSlice || s.Slice3 || types.ExprString(s.X) != same {
			return nil, nil, false
		}
		return s.Low, s.High, true
	}
	if low, high, ok := part(rhs); ok {
		switch {
		case low == nil && p.constant(high) == "0":
			return p.releaseAll(e, container)
		case high == nil && p.constant(low) == "1":
			return p.releaseOld(e, &ast.IndexExpr{X: container, Index: &ast.BasicLit{Kind: token.INT, Value: "0"}})
		}
		return nil
	}
	switch rhs := rhs.(type) {
	case *ast.CompositeLit:
		if len(rhs.Elts) == 0 {
			return p.releaseAll(e, container)
		}
	case *ast.CallExpr:
		fn, ok := rhs.Fun.(*ast.Ident)
		if !ok {
			return nil
		}
		switch p.TypesInfo.Uses[fn] {
		case types.Universe.Lookup("make"):
			return p.releaseAll(e, container)
		case types.Universe.Lookup("append"):
			if len(rhs.Args) != 2 || !rhs.Ellipsis.IsValid() {
				return nil
			}
			low, index, ok := part(rhs.Args[0])
			after, high, ok2 := part(rhs.Args[1])
			if !ok || !ok2 || low != nil || high != nil || index == nil || after == nil || types.ExprString(after) != types.ExprString(index)+" + 1" {
				return nil
			}
			return p.releaseOld(e, &ast.IndexExpr{X: container, Index: index})
		}
	default:
		if isNil(p.TypesInfo, rhs) {
			return p.releaseAll(e, container)
		}
	}
	return nil
}

// constant is the value of e, if that is known.
func (p *Pass) constant(e ast.Expr) string {
	if e == nil || p.TypesInfo.Types[e].Value == nil {
		return ""
	}
	return p.TypesInfo.Types[e].Value.ExactString()
}

// releaseAll are the lines that release all elements of the container.
func (p *Pass) releaseAll(e *place.Entry, container ast.Expr) []string {
	elem, _ := element(p.TypesInfo.TypeOf(container))
	if elem == nil || !simple(container) {
		return nil
	}
	name := "old"
	if _, isFunc := elem.Underlying().(*types.Signature); isFunc {
		name = "cancel"
	}
	if p.taken(container.Pos(), name) {
		return nil
	}
	call, checks, ok := p.releaseIn(e, name, elem)
	if !ok {
		return nil
	}
	lines := []string{"for _, " + name + " := range " + types.ExprString(container) + " {", "\t" + call, "}"}
	if len(checks) > 0 {
		lines = []string{lines[0], "\tif " + strings.Join(checks, " && ") + " {", "\t" + lines[1], "\t}", "}"}
	}
	return lines
}

// element is the type of the elements of a map or slice of type t, or nil.
func element(t types.Type) (elem types.Type, isMap bool) {
	if t == nil {
		return nil, false
	}
	switch t := t.Underlying().(type) {
	case *types.Map:
		return t.Elem(), true
	case *types.Slice:
		return t.Elem(), false
	}
	return nil, false
}

// releaseIn is the call that releases what is found in name, an expression of
// type t, by the inner path of e, and the conditions under which it may be made:
// that nothing on the way is nil.
func (p *Pass) releaseIn(e *place.Entry, name string, t types.Type) (call string, checks []string, ok bool) {
	if t == nil {
		return "", nil, false
	}
	if len(e.Methods) == 1 && p.callableMethod(t, e.Methods[0]) && p.promptMethod(t, e.Methods[0]) {
		if nilable(t) {
			checks = append(checks, name+" != nil")
		}
		return name + "." + e.Methods[0] + "()", checks, true
	}
	for path := e.Inner; path != ""; {
		switch path[0] {
		case '*':
			ptr, isPtr := t.Underlying().(*types.Pointer)
			if !isPtr {
				return "", nil, false
			}
			checks = append(checks, name+" != nil")
			t, path = ptr.Elem(), path[1:]
		case '.':
			stop := strings.IndexByte(path, ';')
			i, err := strconv.Atoi(path[1:stop])
			st, isStruct := t.Underlying().(*types.Struct)
			if err != nil || !isStruct || i >= st.NumFields() || !st.Field(i).Exported() && st.Field(i).Pkg() != p.Pkg {
				return "", nil, false
			}
			name += "." + st.Field(i).Name()
			t, path = st.Field(i).Type(), path[stop+1:]
		default:
			return "", nil, false
		}
	}
	arg, callable := releaseArgument(t)
	if !callable {
		return "", nil, false
	}
	return name + "(" + arg + ")", append(checks, name+" != nil"), true
}

func nilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Signature:
		return true
	}
	return false
}

// promptMethod reports whether the method of t cannot wait: it may be called
// where a lock is held that somebody else waits for.
func (p *Pass) promptMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, p.Pkg, name)
	method, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	fn := p.Prog.Pkg.Prog.FuncValue(method.Origin())
	return fn != nil && prompt(fn, 0)
}

// prompt reports whether fn returns without waiting for others, as far as its
// body shows: it neither locks nor receives nor sends, and calls only functions
// of which the same is known.
func prompt(fn *ssa.Function, depth int) bool {
	if len(fn.Blocks) == 0 || depth > 3 {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send, *ssa.Select:
				return false
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return false
				}
			case *ssa.Go:
			case ssa.CallInstruction:
				callee := flow.Resolve(instr.Common())
				switch {
				case isRelease(instr.Common()), callee.Fn != nil && prompt(callee.Fn, depth+1), source.AtomicOp(callee.Obj) != 0:
				default:
					if _, builtin := instr.Common().Value.(*ssa.Builtin); !builtin {
						return false
					}
				}
			}
		}
	}
	return true
}

// isRelease reports whether call is of a function value that looks like a
// cancel function: those never wait.
func isRelease(call *ssa.CallCommon) bool {
	named, ok := types.Unalias(call.Value.Type()).(*types.Named)
	return ok && !call.IsInvoke() && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "context" && source.Callable(named)
}

// fixVariable releases what the local variable id holds of c before it is
// assigned again at the given position.
func (p *Pass) fixVariable(c *summary.Creation, id *ast.Ident, again token.Pos) []analysis.SuggestedFix {
	obj := p.TypesInfo.ObjectOf(id)
	at, ok := p.statementAt(again)
	assign, isAssign := at.stmt.(*ast.AssignStmt)
	if !ok || !isAssign || obj == nil || c.Owner() || p.generated(again) || !slices.ContainsFunc(assign.Lhs, func(l ast.Expr) bool { return p.same(l, id) }) {
		return nil
	}
	uses, _ := p.contextUses(c)
	if !only(uses, called, deferred) {
		return nil
	}
	// The next context must not derive from this one, nor anything else be
	// in the variable.
	for _, other := range p.Set.Creations(c.Call.Parent()) {
		if _, to := p.assignment(other); to != nil && p.TypesInfo.ObjectOf(to) == obj {
			if other.Parent == nil || slices.Contains(p.Set.Root(other.Parent).Through, c.Call) {
				return nil
			}
		}
	}
	if !p.onlyCreations(c, obj) {
		return nil
	}
	text, ok := releaseArgument(obj.Type())
	if !ok {
		return nil
	}
	release := id.Name + "(" + text + ")"
	lines := []string{"if " + id.Name + " != nil {", "\t" + release, "}"}
	if !p.inLoop(c.Call) && p.TypesInfo.Defs[id] != nil { // it has a value by now
		lines = []string{release}
	}
	before, fits := p.insertBefore(assign, lines...)
	if !fits {
		return nil
	}
	return fix("Release the previous value before it is overwritten", before)
}

// onlyCreations reports whether all that is ever assigned to the variable obj
// are release functions made in c's function.
func (p *Pass) onlyCreations(c *summary.Creation, obj types.Object) bool {
	made := make(map[token.Pos]bool)
	for _, other := range p.Set.Creations(c.Call.Parent()) {
		if call := p.callAt(other.Call.Pos()); call != nil {
			made[call.Pos()] = true
		}
	}
	all := true
	ast.Inspect(p.file(obj.Pos()), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if x, ok := lhs.(*ast.Ident); ok && p.TypesInfo.ObjectOf(x) == obj {
					rhs := n.Rhs[min(i, len(n.Rhs)-1)]
					all = all && (made[ast.Unparen(rhs).Pos()] || isNil(p.TypesInfo, rhs))
				}
			}
		case *ast.ValueSpec:
			for i, x := range n.Names {
				if p.TypesInfo.ObjectOf(x) == obj && i < len(n.Values) {
					all = all && isNil(p.TypesInfo, n.Values[i])
				}
			}
		}
		return true
	})
	return all
}
