package flow

// This file takes a branch: what its condition says of the value, and of the path.

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

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

// testedLoad returns the load that cond tests, perhaps against something, or nil.
func testedLoad(cond ssa.Value) ssa.Value {
	for {
		switch v := cond.(type) {
		case *ssa.UnOp:
			if v.Op == token.MUL {
				return v
			}
			if v.Op != token.NOT {
				return nil
			}
			cond = v.X
		case *ssa.BinOp:
			cond = v.X
			if isNil(v.X) {
				cond = v.Y
			}
		default:
			return nil
		}
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
	return r.assuming(s, branch.Cond, branch.Block(), truth)
}

// assuming goes on where cond, at the end of block, has the given truth.
func (r *run) assuming(s *state, cond ssa.Value, block *ssa.BasicBlock, truth bool) (*state, outcome) {
	if c, ok := cond.(*ssa.Const); ok && isBool(c) {
		if constant.BoolVal(c.Value) != truth {
			return s, infeasible
		}
		return s, feasible
	}
	if b, ok := cond.(*ssa.BinOp); ok && truth && r.subject.Passing {
		if sel, i, ok := SelectCase(b); ok && sel.States[i].Dir == types.SendOnly && !waitsFrom(b.Block().Succs[0], b.Block(), true) {
			s = s.queued(sel, sel.States[i].Send, sel.States[i].Chan)
		}
	}
	c, sense := r.conditionOf(cond)
	if s.before != nil {
		c, sense, _ = begun(block, s.before)
		s = s.with(func(n *state) { n.before = nil })
	}
	truth = truth == sense
	if o := r.judge(s, cond, c, truth); o != feasible {
		return s, o
	}
	counted := r.correlated(c)
	if v := testedLoad(cond); v != nil && slices.Contains(s.stale, v) {
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
			if sel, i, ok := SelectCase(v); ok && truth {
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
		if c.op == "bool" && c.x.root != ssa.Value(v) { // a method that gets a flag
			return r.guardFlag(s, Name{c.x.root, c.x.path}, truth)
		}
		if r.sawEnd(s, v, truth) {
			return settled
		}
		return r.guardCall(s, v, truth)
	default:
		return r.guardBool(s, v, truth)
	}
	return feasible
}

func (r *run) guardBool(s *state, v ssa.Value, truth bool) outcome {
	return r.guardFlag(s, Outermost(Name{v, ""}), truth)
}

func (r *run) guardFlag(s *state, flag Name, truth bool) outcome {
	return r.guard(s, flag, ssa.NewConst(constant.MakeBool(true), types.Typ[types.Bool]), truth)
}

// SelectCase matches the comparison of a select statement's chosen case:
//
//	t1 = select blocking [<-t0, …]
//	t2 = extract t1 #0
//	t3 = t2 == 0:int
func SelectCase(b *ssa.BinOp) (*ssa.Select, int, bool) {
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
		if sel, i, ok := SelectCase(b); ok {
			return sel.States[i].Send
		}
	}
	return nil
}

// SelectOf is the select statement that at, which ends a path by a send, is or decides
// on, or nil.
func SelectOf(at ssa.Instruction) *ssa.Select {
	switch at := at.(type) {
	case *ssa.Select:
		return at
	case *ssa.If:
		if b, ok := at.Cond.(*ssa.BinOp); ok {
			if sel, _, ok := SelectCase(b); ok {
				return sel
			}
		}
	}
	return nil
}

// sentOrNot is what the last case of a select sends that has a default, where control
// goes on in the same way after both: no branch says which was chosen.
func sentOrNot(sel *ssa.Select) ssa.Value {
	if sel.Blocking || len(sel.States) == 0 {
		return nil
	}
	last := len(sel.States) - 1
	for _, ref := range *sel.Referrers() {
		chosen, ok := ref.(*ssa.Extract)
		if !ok || chosen.Index != 0 {
			continue
		}
		for _, use := range *chosen.Referrers() {
			if b, ok := use.(*ssa.BinOp); ok {
				if _, i, ok := SelectCase(b); ok && i == last && len(*b.Referrers()) > 0 {
					return nil
				}
			}
		}
	}
	return sel.States[last].Send
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

// AskedOf is the context of which v is what the method returns, or nil.
func AskedOf(v ssa.Value, method string) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok || !call.Call.IsInvoke() || call.Call.Method.Name() != method || !source.IsContext(call.Call.Value.Type()) {
		return nil
	}
	return call.Call.Value
}

// sawEnd reports whether call, a test that comes out as truth says, has found the
// followed context done.
func (r *run) sawEnd(s *state, call *ssa.Call, truth bool) bool {
	callee := Resolve(&call.Call)
	if callee.Fn == nil {
		return false
	}
	arg, path, ended, ok := r.oracle.TestsEnd(callee.Fn)
	return ok && ended == truth && arg < len(callee.Args) && (r.endOf(s, Name{callee.Args[arg], path}) || r.ofOld())
}

// endOf reports whether the end of the context n is the end of the followed one.
func (r *run) endOf(s *state, n Name) bool { return s.holds(self, n) || s.holds(elder, n) }

// ofOld reports whether an old value is followed. Its context is not known for
// certain: the end of any context may be its end, or its parent's.
func (r *run) ofOld() bool { return r.subject.Base.Root != nil }

func (r *run) methodOfSelf(s *state, v ssa.Value, method string) bool {
	// A Done channel kept in a variable is still its context's.
	if n := s.outermost(Name{v, ""}); n.Path == "" {
		v = n.Root
	}
	call, ok := v.(*ssa.Call)
	if !ok || !call.Call.IsInvoke() || call.Call.Method.Name() != method {
		return false
	}
	return r.endOf(s, Name{call.Call.Value, ""}) || r.ofOld() && source.IsContext(call.Call.Value.Type())
}
