package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Outside returns the functions of pass's package that lie outside the cone of
// influence of its facts: useOf says what the use is of imported functions, and
// returns which functions plainly return.
//
// This much is certain of each of them: it returns; its results, and those of
// literals in it, carry nothing to release and no context; importers can give it
// nothing to release; and if it is called from inside, it does more than look at
// something, and does not ask whether a context is done. That what is inside asks
// nothing else about it is a guess.
func Outside(pass *analysis.Pass, useOf func(*types.Func) Use, returns func(*ast.FuncDecl) bool) map[*ast.FuncDecl]bool {
	c := newCone(pass, useOf)
	for _, f := range c.funcs {
		if f.makes || c.told(f) || !returns(f.decl) {
			c.enter(f, true)
		}
	}
	for len(c.work) > 0 {
		f := c.work[len(c.work)-1]
		c.work = c.work[:len(c.work)-1]
		c.follow(f)
	}
	outside := make(map[*ast.FuncDecl]bool)
	for _, f := range c.funcs {
		if !f.inside {
			outside[f.decl] = true
		}
	}
	return outside
}

// A cone is the part of a package that its facts may depend on.
type cone struct {
	holding
	*making
	users  map[*types.Var][]*function // that name a field, until it is found in a condition
	owners map[*types.TypeName]bool   // types of the package that makers hand on
	called func(*types.Func) bool     // by importers
	work   []*function                // to be followed
}

func newCone(pass *analysis.Pass, useOf func(*types.Func) Use) *cone {
	c := &cone{
		holding: newHolding(pass.Pkg),
		making:  newMaking(pass, useOf),
		users:   make(map[*types.Var][]*function),
		owners:  make(map[*types.TypeName]bool),
		called:  Reachable(pass.Pkg),
	}
	c.name()
	c.findOwners()
	for _, f := range c.always {
		c.enter(f, true)
	}
	return c
}

func (c *cone) enter(f *function, explored bool) {
	if !f.inside || explored && !f.explored {
		f.inside, f.explored = true, f.explored || explored
		c.work = append(c.work, f)
	}
}

// follow enters what questions about f lead to.
func (c *cone) follow(f *function) {
	for _, g := range f.names {
		switch {
		case f.explored && c.given(g):
			c.enter(g, true)
		case g.asks && g.obj.Signature().Results().Len() > 0 || c.looks(g):
			c.enter(g, false)
		}
	}
	if f.explored {
		ast.Inspect(f.decl.Body, c.decides)
	}
}

// name notes the fields and types of the package that each function names.
func (c *cone) name() {
	for id, obj := range c.pass.TypesInfo.Uses {
		switch obj := obj.(type) {
		case *types.Var:
			if !obj.IsField() || obj.Pkg() != c.pass.Pkg {
				continue
			}
			if f := c.at(id.Pos()); f != nil {
				c.users[obj.Origin()] = append(c.users[obj.Origin()], f)
			}
		case *types.TypeName:
			if obj.Pkg() != c.pass.Pkg {
				continue
			}
			if f := c.at(id.Pos()); f != nil {
				f.types = append(f.types, obj)
			}
		}
	}
}

// findOwners finds the types of the package in which what makers return may carry
// something to release: those of their results, or what these may be inside an
// interface.
func (c *cone) findOwners() {
	for _, f := range c.funcs {
		if !f.makes {
			continue
		}
		for r := range f.obj.Signature().Results().Variables() {
			if n := c.named(r.Type()); n != nil {
				c.owners[n] = true
			}
			i, ok := r.Type().Underlying().(*types.Interface)
			for _, n := range f.types {
				if ok && (types.Implements(n.Type(), i) || types.Implements(types.NewPointer(n.Type()), i)) {
					c.owners[n] = true
				}
			}
		}
	}
}

// named is the name of the type of the package that t is or points to, or nil.
func (c *cone) named(t types.Type) *types.TypeName {
	if n := source.NamedType(t); n != nil && n.Obj().Pkg() == c.pass.Pkg {
		return n.Obj()
	}
	return nil
}

// told reports whether f may have a fact for its own sake: it returns a context, is
// a method of an owner, or importers can give it something to release.
func (c *cone) told(f *function) bool {
	sig := f.obj.Signature()
	return source.ContextResult(sig) >= 0 ||
		sig.Recv() != nil && c.tracked(sig.Recv().Type()) ||
		c.called(f.obj) && anyOf(sig.Params(), c.tracked)
}

// tracked reports whether a value of type t is something to release.
func (c *cone) tracked(t types.Type) bool {
	return source.Callable(t) || c.owners[c.named(t)]
}

// given reports whether something to release, a context, or what such things may
// be kept in, can be given to g, or be got from it.
func (c *cone) given(g *function) bool {
	keeps := func(t types.Type) bool { return c.tracked(t) || c.holds(t) }
	may := func(t types.Type) bool { return keeps(t) || source.IsContext(t) || anything(t) }
	sig := g.obj.Signature()
	return sig.Recv() != nil && may(sig.Recv().Type()) || anyOf(sig.Params(), may) || anyOf(sig.Results(), keeps)
}

// anything reports whether t is any, or a slice of that.
func anything(t types.Type) bool {
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.Empty()
}

func anyOf(vars *types.Tuple, is func(types.Type) bool) bool {
	for v := range vars.Variables() {
		if is(v.Type()) {
			return true
		}
	}
	return false
}

// looks reports whether f may do nothing but look at something: it calls nothing
// but what the package declares, and locks, and sets nothing but variables.
func (c *cone) looks(f *function) bool {
	does := false
	ast.Inspect(f.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt, *ast.SendStmt, *ast.CommClause:
			does = true
		case *ast.UnaryExpr:
			does = does || n.Op == token.ARROW
		case *ast.AssignStmt:
			does = does || slices.ContainsFunc(n.Lhs, elsewhere)
		case *ast.IncDecStmt:
			does = does || elsewhere(n.X)
		case *ast.CallExpr:
			does = does || c.acts(n)
		}
		return !does
	})
	return !does
}

// elsewhere reports whether e, which is assigned to, is not just a variable.
func elsewhere(e ast.Expr) bool {
	_, variable := ast.Unparen(e).(*ast.Ident)
	return !variable
}

// acts reports whether call certainly does more than look at something.
func (c *cone) acts(call *ast.CallExpr) bool {
	switch obj := c.pass.TypesInfo.Uses[Callee(call)].(type) {
	case *types.Builtin:
		return slices.Contains([]string{"append", "clear", "close", "copy", "delete", "panic", "print", "println", "recover"}, obj.Name())
	case *types.Func:
		return c.of[obj.Origin()] == nil && !source.Locks(obj) && !source.Unlocks(obj)
	}
	return false
}

// decides enters the functions that set the fields on which n, if it is a statement,
// decides.
func (c *cone) decides(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		c.enterSetters(n.Cond)
	case *ast.ForStmt:
		c.enterSetters(n.Cond)
	case *ast.SwitchStmt:
		c.enterSetters(n.Tag)
	case *ast.CaseClause:
		for _, e := range n.List {
			c.enterSetters(e)
		}
	}
	return true
}

func (c *cone) enterSetters(cond ast.Expr) {
	if cond == nil {
		return
	}
	ast.Inspect(cond, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		field, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
		if !ok || !field.IsField() {
			return true
		}
		field = field.Origin()
		users := c.users[field]
		delete(c.users, field)
		for _, f := range users {
			if !f.inside && c.sets(f, field) {
				c.enter(f, false)
			}
		}
		return true
	})
}

func (c *cone) sets(f *function, field *types.Var) bool {
	return within(f.decl.Body, func(n ast.Node) bool {
		found := false
		Sets(c.pass.TypesInfo, n, func(v *types.Var) { found = found || v == field })
		return found
	})
}
