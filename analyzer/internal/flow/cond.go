package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// An operand of a condition: a value's outermost name, or a constant (root
// nil). Two loads of one variable are one operand until it is stored to.
type operand struct {
	root ssa.Value
	path string
}

// A condition is a comparison in normal form, so that `d > 0` and `0 >= d`
// are one condition, decided once for a path.
type condition struct {
	op   string // "nil", "bool", "==", "<", or "call " and the function's name
	x, y operand
}

type fact struct {
	condition
	truth bool
}

// plain reports whether o is a constant or a parameter itself.
func (o operand) plain() bool {
	if o.root == nil {
		return true
	}
	_, ok := o.root.(*ssa.Parameter)
	return ok && o.path == ""
}

// fixedBefore reports whether o is the same in every turn of the loop of header:
// not memory, and nothing that the header makes anew.
func (o operand) fixedBefore(header *ssa.BasicBlock) bool {
	instr, ok := o.root.(ssa.Instruction)
	return o.root == nil || trimLen(o.path) == "" && !(ok && instr.Block() == header)
}

func operandOf(v ssa.Value) operand {
	switch v := v.(type) {
	case *ssa.Const:
		return operand{nil, v.String()}
	case *ssa.BinOp: // go/ssa leaves -1 + 1 as it is
		if step, ok := added(v); ok {
			if k, ok := operandOf(v.X).number(); ok {
				return integer(k + step)
			}
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			if n, ok := lengthOf(v.Call.Args[0]); ok {
				return integer(n)
			}
			o := operandOf(v.Call.Args[0])
			return operand{o.root, o.path + b.Name()}
		}
	}
	n := Outermost(Name{v, ""})
	return operand{n.Root, n.Path}
}

// conditionOf returns v in normal form; sense is false where v is its
// negation.
func (r *run) conditionOf(v ssa.Value) (c condition, sense bool) {
	sense = true
	for {
		not, ok := v.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		v, sense = not.X, !sense
	}
	switch v := v.(type) {
	case *ssa.BinOp:
		x, y := v.X, v.Y
		if isNil(x) {
			x, y = y, x
		}
		if v.Op == token.EQL || v.Op == token.NEQ {
			equal := sense == (v.Op == token.EQL)
			if isNil(y) {
				return condition{op: "nil", x: operandOf(x)}, equal
			}
			if c, ok := y.(*ssa.Const); ok && isBool(c) {
				inner, s := r.conditionOf(x)
				return inner, s == (equal == constant.BoolVal(c.Value))
			}
		}
		if c, negated, ok := comparison(v.Op, operandOf(x), operandOf(y)); ok {
			return c, sense != negated
		}
	case *ssa.Call:
		callee := v.Call.StaticCallee()
		if callee == nil || len(v.Call.Args) > 2 {
			break
		}
		obj, _ := callee.Object().(*types.Func)
		if arg, path, null, ok := r.oracle.TestsNil(callee); ok && arg < len(v.Call.Args) {
			n := Outermost(Name{v.Call.Args[arg], path})
			return condition{op: "nil", x: operand{n.Root, n.Path}}, sense == null
		}
		if name := source.FullName(obj); asksError(&v.Call) || r.oracle.Pure(callee) {
			c := condition{op: "call " + name}
			if len(v.Call.Args) > 0 {
				c.x = operandOf(v.Call.Args[0])
			}
			if len(v.Call.Args) > 1 {
				c.y = operandOf(v.Call.Args[1])
			}
			return c, sense
		}
	}
	return condition{op: "bool", x: operandOf(v)}, sense
}

// comparison is `x op y` in normal form; negated says that it is its negation.
func comparison(op token.Token, x, y operand) (c condition, negated, ok bool) {
	switch op {
	case token.EQL, token.NEQ:
		if x.root == nil { // the constant goes last
			x, y = y, x
		}
		return condition{"==", x, y}, op == token.NEQ, true
	case token.LSS:
		return condition{"<", x, y}, false, true
	case token.GEQ: // !(x < y)
		return condition{"<", x, y}, true, true
	case token.GTR:
		return condition{"<", y, x}, false, true
	case token.LEQ: // !(y < x)
		return condition{"<", y, x}, true, true
	}
	return condition{}, false, false
}

// asksError reports whether c asks something of an error.
func asksError(c *ssa.CallCommon) bool {
	return len(c.Args) > 0 && source.IsError(c.Args[0].Type())
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

func isBool(c *ssa.Const) bool {
	return c.Value != nil && c.Value.Kind() == constant.Bool
}

// decided reports what the path already knows of c.
func (s *state) decided(c condition) (truth, ok bool) {
	for _, f := range s.facts {
		if f.condition == c {
			return f.truth, true
		}
	}
	if truth, ok := s.numeric(c); ok {
		return truth, true
	}
	// err == nil decides err == io.EOF, errors.Is(err, io.EOF), and what else
	// asks of which kind an error is.
	if strings.HasPrefix(c.op, "call ") && c.x.root != nil && s.saysNil(c.x) || c.op == "==" && c.y.path == "*" && isGlobal(c.y.root) {
		if s.saysNil(c.x) {
			return false, true
		}
	}
	// x == 3 decides x == 4.
	if c.op == "==" && c.y.root == nil {
		for _, f := range s.facts {
			if f.op == "==" && f.truth && f.x == c.x && f.y.root == nil && f.y != c.y {
				return false, true
			}
		}
	}
	return false, false
}

// saysNil reports whether the path knows that o, an error, is nil.
func (s *state) saysNil(o operand) bool {
	return slices.Contains(s.facts, fact{condition{op: "nil", x: o}, true})
}

func isGlobal(v ssa.Value) bool {
	_, ok := v.(*ssa.Global)
	return ok
}

func (s *state) assume(c condition, truth bool) *state {
	if _, ok := s.decided(c); ok {
		s = s.with(func(n *state) {
			n.facts = slices.DeleteFunc(slices.Clone(s.facts), func(f fact) bool { return f.condition == c })
		})
	}
	return s.with(func(n *state) { n.facts = append(slices.Clone(s.facts), fact{c, truth}) })
}

// forget drops the facts about operands that changed.
func (s *state) forget(changed func(operand) bool) *state {
	hit := func(f fact) bool { return f.x.root != nil && changed(f.x) || f.y.root != nil && changed(f.y) }
	if !slices.ContainsFunc(s.facts, hit) {
		return s
	}
	return s.with(func(n *state) { n.facts = slices.DeleteFunc(slices.Clone(s.facts), hit) })
}

// maxForgetting bounds the blocks of a function in which idle facts are told from
// others: the table that says which block may follow which has their square.
const maxForgetting = 4000

// forgetIdle drops the facts about what is not used from block to on: they tell
// paths apart that do the same.
func (r *run) forgetIdle(s *state, to *ssa.BasicBlock) *state {
	if len(s.facts) == 0 || len(to.Parent().Blocks) > maxForgetting {
		return s
	}
	used := func(o operand) bool {
		return o.root == nil || slices.ContainsFunc(r.mentions[o], func(b *ssa.BasicBlock) bool {
			return b.Parent() != to.Parent() || r.reaches(to)[b.Index]
		})
	}
	idle := func(f fact) bool { return !used(f.x) || !used(f.y) }
	if !slices.ContainsFunc(s.facts, idle) {
		return s
	}
	return s.with(func(c *state) { c.facts = slices.DeleteFunc(slices.Clone(s.facts), idle) })
}

// reaches are the blocks that control may be in after b, it included.
func (r *run) reaches(b *ssa.BasicBlock) []bool {
	if r.after[b] == nil {
		r.after[b] = reachableFrom(b)
	}
	return r.after[b]
}

// learn carries what is known of a value over to what it was assigned to.
func (r *run) learn(s *state, to operand, v ssa.Value) *state {
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsBoolean == 0 {
			return s
		}
		if c, ok := v.(*ssa.Const); ok && isBool(c) {
			return s.assume(condition{op: "bool", x: to}, constant.BoolVal(c.Value))
		}
		c, sense := r.conditionOf(v)
		if truth, ok := s.decided(c); ok {
			return s.assume(condition{op: "bool", x: to}, truth == sense)
		}
	case *types.Pointer, *types.Signature, *types.Interface, *types.Map, *types.Slice, *types.Chan:
		if null, ok := r.nilness(s, v); ok {
			return s.assume(condition{op: "nil", x: to}, null)
		}
	}
	return s
}

// nilness reports whether v is nil, where the path or v itself tells.
func (r *run) nilness(s *state, v ssa.Value) (null, ok bool) {
	if isNil(v) {
		return true, true
	}
	switch v := v.(type) {
	case *ssa.MakeInterface, *ssa.MakeClosure, *ssa.Function, *ssa.Alloc, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice, *ssa.FieldAddr, *ssa.Global:
		return false, true
	case *ssa.ChangeInterface:
		return r.nilness(s, v.X)
	case *ssa.Call:
		if f := v.Call.StaticCallee(); f != nil {
			obj, _ := f.Object().(*types.Func)
			switch source.FullName(obj) {
			case "errors.New", "fmt.Errorf":
				return false, true
			}
		}
	case *ssa.UnOp:
		// A package-level error variable is taken to be set.
		if g, is := v.X.(*ssa.Global); is && source.IsError(v.Type()) && g != nil {
			return false, true
		}
	}
	if len(s.owedUnder(Name{v, ""})) > 0 || s.holds(self, Name{v, ""}) {
		return false, true
	}
	return s.decided(condition{op: "nil", x: operandOf(v)})
}

// testsError reports whether cond compares an error with nil.
func testsError(cond ssa.Value) bool {
	for {
		switch v := cond.(type) {
		case *ssa.UnOp:
			if v.Op != token.NOT {
				return false
			}
			cond = v.X
		case *ssa.BinOp:
			return source.IsError(v.X.Type()) || source.IsError(v.Y.Type())
		default:
			return false
		}
	}
}

// staleOperand returns the load that cond tests, if its memory was stored to
// since.
func (s *state) staleOperand(cond ssa.Value) ssa.Value {
	if len(s.stale) == 0 {
		return nil
	}
	for {
		switch v := cond.(type) {
		case *ssa.UnOp:
			if v.Op == token.NOT {
				cond = v.X
				continue
			}
			if slices.Contains(s.stale, ssa.Value(v)) {
				return v
			}
		case *ssa.BinOp:
			cond = v.X
			if isNil(v.X) {
				cond = v.Y
			}
			continue
		}
		return nil
	}
}

// An outcome of assuming a branch.
type outcome int

const (
	feasible   outcome = iota
	infeasible         // cannot happen while the value lives
	settled            // the context is done, or there is nothing to release
	sent               // the value is sent to someone
)

// assumeBranch takes the branch on which the condition has the given truth.
func (r *run) assumeBranch(s *state, branch *ssa.If, truth bool) (*state, outcome) {
	cond := branch.Cond
	if c, ok := cond.(*ssa.Const); ok && isBool(c) {
		if constant.BoolVal(c.Value) != truth {
			return s, infeasible
		}
		return s, feasible
	}
	if b, ok := cond.(*ssa.BinOp); ok && truth && r.subject.Passing {
		if sel, i, ok := selectCase(b); ok && sel.States[i].Dir == types.SendOnly && !waitsFrom(b.Block().Succs[0], b.Block(), true) {
			s = s.queued(sel, sel.States[i].Send, sel.States[i].Chan)
		}
	}
	c, sense := r.conditionOf(cond)
	if s.before != nil {
		c, sense, _ = begun(branch.Block(), s.before)
		s = s.with(func(n *state) { n.before = nil })
	}
	truth = truth == sense
	if o := r.judge(s, cond, c, truth); o != feasible {
		return s, o
	}
	counted := r.correlated(c)
	if v := s.staleOperand(cond); v != nil {
		// The memory it was loaded from is not what it was.
		c.x = operand{v, ""}
	}
	if known, ok := s.decided(c); ok {
		if known != truth {
			return s, infeasible
		}
		return s, feasible
	}
	if counted {
		s = s.assume(c, truth)
	}
	if !s.asked && !(c.x.plain() && c.y.plain()) {
		s = s.with(func(n *state) { n.asked = true })
	}
	if !s.failing && c.op == "nil" && !truth && c.x.root != nil && testsError(cond) {
		s = s.with(func(n *state) { n.failing = true })
	}
	return s.lentFailed(c, truth).unshared(c, truth), feasible
}

// judge decides a branch by what it says of the value itself: a live cancel
// is not nil, its map entry exists, its context is not done.
func (r *run) judge(s *state, cond ssa.Value, c condition, truth bool) outcome {
	v := cond
	for {
		not, ok := v.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		v = not.X
	}
	switch v := v.(type) {
	case *ssa.BinOp:
		x := v.X
		if isNil(x) {
			x = v.Y
		}
		if c.op == "nil" {
			if len(s.under(Name{x, ""})) > 0 && truth {
				return settled
			}
			// ctx.Err() and context.Cause(ctx) of this context.
			if r.errOfSelf(s, x) && !truth {
				return settled
			}
			if g := r.guard(s, Name{c.x.root, c.x.path}, nil, truth); g != feasible {
				return g
			}
		}
		if c.op == "==" {
			if sel, i, ok := selectCase(v); ok && truth {
				st := sel.States[i]
				if st.Dir == types.RecvOnly && r.doneOfSelf(s, st.Chan) {
					return settled
				}
				if st.Dir == types.SendOnly && !r.subject.Passing && len(s.owedUnder(Name{st.Send, ""})) > 0 {
					return sent
				}
			}
			if truth && (r.errOfSelf(s, v.X) || r.errOfSelf(s, v.Y)) {
				return settled
			}
			if k, ok := v.Y.(*ssa.Const); ok {
				return r.guard(s, Name{c.x.root, c.x.path}, k, truth)
			}
		}
	case *ssa.Extract:
		// v, ok := m[k]; v, ok := x.(T): a value that is there was found.
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			if v.Index == 1 && !truth && len(s.under(Name{t.X, key(t.Index)})) > 0 {
				return settled
			}
		case *ssa.TypeAssert:
			if v.Index == 1 && !truth && len(s.under(Name{t.X, ""})) > 0 {
				return settled
			}
		case *ssa.Call:
			// _, ok := ctx.Deadline(): a context with a timer has one.
			if v.Index == 1 && !truth && r.subject.Timer && r.methodOfSelf(s, t, "Deadline") {
				return infeasible
			}
			// sync.Map's v, ok := m.Load(k)
			if v.Index == 1 && !truth && len(s.under(Name{t, "#0;"})) > 0 {
				return settled
			}
		case *ssa.Next:
			if v.Index == 0 {
				return feasible
			}
		}
		return r.guardBool(s, v, truth)
	case *ssa.Call:
		if c.op == "nil" && truth && len(s.under(Name{c.x.root, c.x.path})) > 0 {
			return settled // a method that reports whether it is set
		}
		if c.op == "nil" {
			if g := r.guard(s, Name{c.x.root, c.x.path}, nil, truth); g != feasible {
				return g
			}
		}
		return r.guardCall(s, v, truth)
	default:
		return r.guardBool(s, v, truth)
	}
	return feasible
}

func (r *run) guardBool(s *state, v ssa.Value, truth bool) outcome {
	n := Outermost(Name{v, ""})
	return r.guard(s, n, ssa.NewConst(constant.MakeBool(true), types.Typ[types.Bool]), truth)
}

// selectCase matches the comparison of a select statement's chosen case:
//
//	t1 = select blocking [<-t0, …]
//	t2 = extract t1 #0
//	t3 = t2 == 0:int
func selectCase(b *ssa.BinOp) (*ssa.Select, int, bool) {
	e, ok := b.X.(*ssa.Extract)
	if !ok || e.Index != 0 {
		return nil, 0, false
	}
	sel, ok := e.Tuple.(*ssa.Select)
	c, isConst := b.Y.(*ssa.Const)
	if !ok || !isConst || c.Value == nil {
		return nil, 0, false
	}
	i := int(c.Int64())
	return sel, i, i >= 0 && i < len(sel.States)
}

// sentBy is what the case of a select sends that cond says was chosen.
func sentBy(cond ssa.Value) ssa.Value {
	if b, ok := cond.(*ssa.BinOp); ok {
		if sel, i, ok := selectCase(b); ok {
			return sel.States[i].Send
		}
	}
	return nil
}

// doneOfSelf reports whether ch is the Done channel of the followed context.
func (r *run) doneOfSelf(s *state, ch ssa.Value) bool {
	return r.methodOfSelf(s, ch, "Done")
}

func (r *run) errOfSelf(s *state, v ssa.Value) bool {
	if r.methodOfSelf(s, v, "Err") {
		return true
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	f := call.Call.StaticCallee()
	if f == nil {
		return false
	}
	obj, _ := f.Object().(*types.Func)
	return source.FullName(obj) == "context.Cause" && s.holds(self, Name{call.Call.Args[0], ""})
}

func (r *run) methodOfSelf(s *state, v ssa.Value, method string) bool {
	// A Done channel kept in a variable is still its context's.
	if n := s.outermost(Name{v, ""}); n.Path == "" {
		v = n.Root
	}
	call, ok := v.(*ssa.Call)
	if !ok || !call.Call.IsInvoke() || call.Call.Method.Name() != method {
		return false
	}
	// Of an old value, its context is not known for certain: the end of any
	// context may be its end, or its parent's.
	n := Name{call.Call.Value, ""}
	return s.holds(self, n) || s.holds(elder, n) || r.subject.Base.Root != nil && source.IsContext(call.Call.Value.Type())
}

// correlated reports whether c is asked more than once in the function, so
// that remembering its answer can decide a later branch.
func (r *run) correlated(c condition) bool {
	if of, _, ok := c.compares(); ok && r.ordered[of] && r.compared[of] > 1 && r.compared[of] <= maxCompared {
		return true
	}
	return r.conditions[c] > 1 || c.op == "nil" && r.stored[c.x]
}

func itoa(i int) string { return strconv.Itoa(i) }
