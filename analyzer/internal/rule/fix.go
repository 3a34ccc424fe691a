package rule

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file mends what a function forgets to release: by a deferred call below
// the creation, by a call before each return that forgets it, or by not making
// the context at all.
//
// A fix is offered where it compiles, ends the leak, and takes the context from
// nobody: who has it, and for how long, is asked of uses.

// fixForgotten are the fixes for a creation that is lost at the given ends.
func (p *Pass) fixForgotten(c *summary.Creation, lost []flow.End) []analysis.SuggestedFix {
	if p.generated(c.Call.Pos()) || slices.ContainsFunc(lost, func(e flow.End) bool { return e.NoRoom != nil }) {
		return nil
	}
	m, ok := p.made(c)
	if !ok {
		return nil
	}
	return slices.Concat(p.fixDefer(m, lost), p.fixReturns(m, lost), p.fixNeedless(m))
}

// A maker is a creation with the statement that makes it.
type maker struct {
	*summary.Creation
	listed
	call   *ast.CallExpr
	target ast.Expr // what the release function, or the owner, is assigned to; nil for a call alone
	define bool     // it is declared here
	uses   []use
	seen   map[ssa.Value]bool
}

// made finds the statement that makes c.
func (p *Pass) made(c *summary.Creation) (*maker, bool) {
	m := &maker{Creation: c, call: p.callAt(c.Call.Pos())}
	if m.call == nil {
		return nil, false
	}
	at, ok := p.statementAt(m.call.Pos())
	if !ok {
		return nil, false
	}
	m.listed = at
	switch s := at.stmt.(type) {
	case *ast.AssignStmt:
		if len(s.Rhs) != 1 || ast.Unparen(s.Rhs[0]) != m.call || c.Result.Index >= len(s.Lhs) {
			return nil, false
		}
		m.target, m.define = ast.Unparen(s.Lhs[c.Result.Index]), s.Tok == token.DEFINE
	case *ast.ExprStmt:
		if s.X != m.call {
			return nil, false
		}
	default:
		return nil, false
	}
	m.uses, m.seen = p.contextUses(c)
	return m, true
}

func (m *maker) blank() bool {
	id, ok := m.target.(*ast.Ident)
	return m.target == nil || ok && id.Name == "_"
}

// release is the call that releases what m makes, given the expression that
// holds it, and reports whether it may be made twice.
func (p *Pass) release(m *maker, holder string) (text string, twice, ok bool) {
	if !m.Owner() {
		arg, ok := releaseArgument(m.Call.Call.Signature().Results().At(m.Result.Index).Type())
		return holder + "(" + arg + ")", true, ok
	}
	name := p.releaseMethod(m.Creation)
	if name == "" {
		return "", false, false
	}
	return holder + "." + name + "()", false, true
}

// releaseMethod is the method by which this function releases c where it does,
// or else the only one that there is. A method may well work, or commit, and
// release at its end, or wait: so it has to be one that the function defers, or
// calls where something failed, or a Close, or do nothing but release.
func (p *Pass) releaseMethod(c *summary.Creation) string {
	t := c.Call.Call.Signature().Results().At(c.Result.Index).Type()
	name, proven := "", false
	for _, e := range c.Outcome.Ends {
		if e.Kind != flow.Released {
			continue
		}
		at := e.At
		if e.Defer != nil {
			at = e.Defer
		}
		call, ok := at.(ssa.CallInstruction)
		if !ok {
			return ""
		}
		callee := flow.Resolve(call.Common())
		if callee.Obj == nil || !slices.Contains(c.Result.Methods, callee.Obj.Name()) || name != "" && name != callee.Obj.Name() {
			return ""
		}
		name = callee.Obj.Name()
		proven = proven || e.Defer != nil || e.Failing
	}
	if name == "" && len(c.Result.Methods) == 1 {
		name = c.Result.Methods[0]
	}
	switch {
	case name == "" || !p.callableMethod(t, name):
		return ""
	case proven, name == "Close" && isCloser(t), !c.Wrapped: // (*errgroup.Group).Wait
		return name
	case len(c.Result.Methods) == 1 && p.promptMethod(t, name):
		return name
	}
	return ""
}

// isCloser reports whether t is an io.Closer.
func isCloser(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Close")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && fn.Signature().Results().Len() == 1 && source.IsError(fn.Signature().Results().At(0).Type())
}

// callableMethod reports whether x.name() compiles for an x of type t.
func (p *Pass) callableMethod(t types.Type, name string) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, p.Pkg, name)
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0
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

// fixDefer defers the release below the creation: where the function makes it
// once, and neither it nor anybody whom it gave the context needs that for
// longer.
func (p *Pass) fixDefer(m *maker, lost []flow.End) []analysis.SuggestedFix {
	if p.inLoop(m.Call) || m.OK != nil || m.Outcome.Has(flow.Held, flow.Returned, flow.Escaped) {
		return nil
	}
	released := m.Outcome.Has(flow.Released)
	switch {
	case slices.ContainsFunc(m.Outcome.Ends, releasedLater):
		return nil
	case m.Result.Stop && m.Result.Ctx < 0:
		if !released && !p.callbackOfCall(m) {
			return nil
		}
	case m.Owner():
		// A second release of an owner may do harm.
		if released || !only(m.uses, called) {
			return nil
		}
	case slices.ContainsFunc(m.Outcome.Ends, releasedNow):
		// Where it is released, it is not needed any more.
		if !only(m.uses, called, silently, deferred) || !releasedAfter(m) {
			return nil
		}
	default:
		if m.Result.Ctx < 0 || !only(m.uses, called) {
			return nil
		}
	}
	after, ok := p.belowErrorCheck(m)
	if !ok {
		return nil
	}
	name, edits := p.name(m)
	text, _, ok := p.release(m, name)
	below, fits := p.insertAfter(after, "defer "+text)
	if name == "" || !ok || !fits {
		return nil
	}
	message := "Defer " + text + " right after the call"
	if len(edits) > 0 {
		message = "Keep the " + name + " function and defer it"
	}
	return fix(message, append(edits, below)...)
}

// releasedLater reports whether e is a release that is left to a timer, or to the
// end of a test: it is meant to come when the function has returned.
func releasedLater(e flow.End) bool {
	call, ok := e.At.(ssa.CallInstruction)
	if !ok || e.Kind != flow.Released {
		return false
	}
	_, when := source.Runs(flow.Resolve(call.Common()).Obj)
	return when != source.NotRun && when != source.Once
}

// releasedNow reports whether e is a release that the function itself calls, or
// defers.
func releasedNow(e flow.End) bool {
	_, started := e.At.(*ssa.Go)
	return e.Kind == flow.Released && !started && !e.Waited && !releasedLater(e)
}

// releasedAfter reports whether the function releases the context itself on some
// path after each call that may have others go on with it.
func releasedAfter(m *maker) bool {
	for _, u := range m.uses {
		if u.kind == silently && !slices.ContainsFunc(m.Outcome.Ends, func(e flow.End) bool {
			return e.Kind == flow.Released && (e.Defer != nil && reaches(e.Defer, u.at) || reaches(u.at, e.At))
		}) {
			return false
		}
	}
	return true
}

// name is the expression that holds the release function or owner below the
// creation; edits give it a name where it has none.
func (p *Pass) name(m *maker) (name string, edits []analysis.TextEdit) {
	if !m.blank() {
		// It is the variable that is declared here, and always will be.
		if id, ok := m.target.(*ast.Ident); !ok || !m.define || reassigned(p, id) {
			return "", nil
		}
		return types.ExprString(m.target), nil
	}
	name = "cancel"
	switch {
	case m.Owner():
		return "", nil
	case m.Result.Stop || m.Ultimate == "signal.NotifyContext":
		name = "stop"
	}
	if p.taken(m.stmt.Pos(), name) {
		return "", nil
	}
	switch s := m.stmt.(type) {
	case *ast.ExprStmt:
		if m.Call.Call.Signature().Results().Len() != 1 {
			return "", nil
		}
		return name, []analysis.TextEdit{{Pos: s.Pos(), End: s.Pos(), NewText: []byte(name + " := ")}}
	case *ast.AssignStmt:
		edits = append(edits, analysis.TextEdit{Pos: m.target.Pos(), End: m.target.End(), NewText: []byte(name)})
		if !m.define {
			if len(s.Lhs) != 1 {
				return "", nil // the others are declared
			}
			edits = append(edits, analysis.TextEdit{Pos: s.TokPos, End: s.TokPos + 1, NewText: []byte(":=")})
		}
		return name, edits
	}
	return "", nil
}

// belowErrorCheck is the statement below which there is something to release:
// the creation, or the check of its error:
//
//	x, err := New()
//	if err != nil {
//		return err
//	}
func (p *Pass) belowErrorCheck(m *maker) (ast.Stmt, bool) {
	results := m.Call.Call.Signature().Results()
	last := results.Len() - 1
	if last == 0 || !source.IsError(results.At(last).Type()) {
		return m.stmt, true
	}
	assign, ok := m.stmt.(*ast.AssignStmt)
	check, isIf := m.next().(*ast.IfStmt)
	if !ok || !isIf || check.Init != nil || check.Else != nil || len(check.Body.List) == 0 {
		return nil, false
	}
	cond, ok := ast.Unparen(check.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !p.same(cond.X, assign.Lhs[last]) || !isNil(p.TypesInfo, cond.Y) {
		return nil, false
	}
	_, returns := check.Body.List[len(check.Body.List)-1].(*ast.ReturnStmt)
	return check, returns
}

// same reports whether a and b are one variable.
func (p *Pass) same(a, b ast.Expr) bool {
	x, ok := ast.Unparen(a).(*ast.Ident)
	y, ok2 := ast.Unparen(b).(*ast.Ident)
	return ok && ok2 && p.TypesInfo.ObjectOf(x) != nil && p.TypesInfo.ObjectOf(x) == p.TypesInfo.ObjectOf(y)
}

func isNil(info *types.Info, e ast.Expr) bool { return info.Types[e].IsNil() }

// fixReturns releases before each return that forgets it, where other paths
// release it or hand it on.
func (p *Pass) fixReturns(m *maker, lost []flow.End) []analysis.SuggestedFix {
	if m.blank() || len(lost) == 0 || !releasedSomewhere(m.Creation) || m.Result.Stop && m.Result.Ctx < 0 {
		return nil
	}
	text, twice, ok := p.release(m, types.ExprString(m.target))
	if !ok || !p.steady(m) {
		return nil
	}
	var edits []analysis.TextEdit
	for _, e := range lost {
		ret, ok := e.At.(*ssa.Return)
		if !ok || ret.Parent() != m.Call.Parent() || !m.Call.Block().Dominates(ret.Block()) {
			return nil
		}
		x, ok := p.exitAt(ret)
		if !ok || !p.means(m.target, x.Pos()) || !p.freeAt(m, ret, x) {
			return nil
		}
		// Other paths may come here too, having released it or handed it on.
		if slices.ContainsFunc(m.Outcome.Ends, func(e flow.End) bool {
			done := e.Kind == flow.Lost || e.Kind == flow.Settled || twice && releasedNow(e)
			return !done && (e.At == ssa.Instruction(ret) || reaches(e.At, ret))
		}) {
			return nil
		}
		edit, fits := p.insertBefore(x, text)
		if !fits {
			return nil
		}
		if !slices.ContainsFunc(edits, func(o analysis.TextEdit) bool { return o.Pos == edit.Pos }) {
			edits = append(edits, edit)
		}
	}
	message := "Call " + text + " before the return"
	if len(edits) > 1 {
		message += "s"
	}
	return fix(message+" that "+forgets(len(edits))+" it", edits...)
}

// An end is the closing brace of a function's body.
type end struct{ brace token.Pos }

func (e end) Pos() token.Pos { return e.brace }
func (e end) End() token.Pos { return e.brace + 1 }

// exitAt is what ret is in the source: a return statement, or the end of the
// function.
func (p *Pass) exitAt(ret *ssa.Return) (ast.Node, bool) {
	if ret.Pos().IsValid() {
		at, ok := p.statementAt(ret.Pos())
		_, isReturn := at.stmt.(*ast.ReturnStmt)
		return at.stmt, ok && isReturn
	}
	syntax := ret.Parent().Syntax()
	if syntax == nil {
		return nil, false
	}
	body := p.functionAround(syntax.End() - 1)
	return end{body.Rbrace}, body != nil
}

func forgets(n int) string {
	if n > 1 {
		return "forget"
	}
	return "forgets"
}

// steady reports whether what m makes stays where it is put: in a variable that
// is assigned once, or in a field of one that only this statement stores to.
func (p *Pass) steady(m *maker) bool {
	if !simple(m.target) {
		return false
	}
	if id, ok := m.target.(*ast.Ident); ok {
		return !reassigned(p, id)
	}
	text, n := types.ExprString(m.target), 0
	ast.Inspect(p.functionAround(m.stmt.Pos()), func(node ast.Node) bool {
		if a, ok := node.(*ast.AssignStmt); ok {
			for _, lhs := range a.Lhs {
				if types.ExprString(lhs) == text {
					n++
				}
			}
		}
		return true
	})
	return n == 1
}

// freeAt reports whether nobody has the context of m any more when the function
// returns at ret, and the return itself does not need it.
func (p *Pass) freeAt(m *maker, ret *ssa.Return, x ast.Node) bool {
	for _, u := range m.uses {
		inside := x.Pos() <= u.at.Pos() && u.at.Pos() < x.End()
		switch {
		case u.at == ssa.Instruction(ret) || inside:
			return false
		case (u.kind == deferred || u.kind == started || u.kind == silently) && reaches(u.at, ret):
			return false
		}
	}
	return true
}

// fixNeedless uses the parent in place of a context that nobody cancels: it
// ends when the parent does, and tells the same.
func (p *Pass) fixNeedless(m *maker) []analysis.SuggestedFix {
	if !m.blank() || m.Wrapped || m.Ultimate != "context.WithCancel" && m.Ultimate != "context.WithCancelCause" {
		return nil
	}
	assign, ok := m.stmt.(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 || p.mentions(m.stmt.Pos(), "context") < 2 {
		return nil
	}
	if !types.Identical(p.TypesInfo.TypeOf(m.call.Args[0]), m.Call.Call.Signature().Results().At(0).Type()) {
		return nil // the variable would have another type
	}
	message := "Use the parent: a context that is never canceled is no other"
	if p.same(assign.Lhs[0], m.call.Args[0]) {
		gone, fits := p.removeLines(assign)
		if !fits {
			return nil
		}
		return fix(message, gone)
	}
	return fix(message,
		analysis.TextEdit{Pos: assign.Lhs[0].End(), End: assign.Lhs[1].End()},
		analysis.TextEdit{Pos: m.call.Pos(), End: m.call.Args[0].Pos()},
		analysis.TextEdit{Pos: m.call.Args[0].End(), End: m.call.End()},
	)
}

// mentions counts how often the file of pos names the package of path.
func (p *Pass) mentions(pos token.Pos, path string) int {
	n := 0
	ast.Inspect(p.file(pos), func(node ast.Node) bool {
		if id, ok := node.(*ast.Ident); ok {
			if pkg, ok := p.TypesInfo.Uses[id].(*types.PkgName); ok && pkg.Imported().Path() == path {
				n++
			}
		}
		return true
	})
	return n
}

// callbackOfCall reports whether the callback that m registers is for the time
// of this call only: all that it touches ends with the call, too.
func (p *Pass) callbackOfCall(m *maker) bool {
	f := m.Call.Call.Args[len(m.Call.Call.Args)-1]
	if p.endedHere(f, m.Call.Parent()) {
		return true
	}
	closure, ok := f.(*ssa.MakeClosure)
	if !ok {
		return false
	}
	for i, b := range closure.Bindings {
		if !p.endedHere(b, m.Call.Parent()) && !readsOnly(closure.Fn.(*ssa.Function).FreeVars[i]) {
			return false
		}
	}
	return len(closure.Bindings) > 0
}

// endedHere reports whether fn defers a call of v, or of a method of it or of
// what is in it.
func (p *Pass) endedHere(v ssa.Value, fn *ssa.Function) bool {
	name := flow.Outermost(flow.Name{Root: v})
	if a, ok := v.(*ssa.Alloc); ok { // a captured variable
		name = flow.Outermost(flow.Name{Root: a, Path: "*"})
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			d, ok := instr.(*ssa.Defer)
			if !ok {
				continue
			}
			target := d.Call.Value
			if !d.Call.IsInvoke() && d.Call.Signature().Recv() != nil && len(d.Call.Args) > 0 {
				target = d.Call.Args[0]
			}
			if flow.Outermost(flow.Name{Root: target}) == name {
				return true
			}
		}
	}
	return false
}

// readsOnly reports whether only plain values are read from what the captured
// variable v leads to.
func readsOnly(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if carries(ref.Type()) && !readsOnly(ref) {
				return false
			}
		case *ssa.FieldAddr:
			if !readsOnly(ref) {
				return false
			}
		case *ssa.Field:
			if carries(ref.Type()) && !readsOnly(ref) {
				return false
			}
		default:
			return false
		}
	}
	return true
}
