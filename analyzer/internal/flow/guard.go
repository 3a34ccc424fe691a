package flow

// This file judges the tests before an old value is stored over.

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

// guard judges a test of another field of the object in which an old value is
// looked for. A test that the function itself makes come out the other way
// next time (a started flag, a state, a pointer that is set) lets the store
// behind it run once for each value.
func (r *run) guard(s *state, n Name, k *ssa.Const, truth bool) outcome {
	base := r.subject.Base
	if base.Root == nil {
		return feasible
	}
	flag, atomic := atomicFlag(n)
	if atomic {
		n = flag
	}
	n = original(s.outermost(n))
	if n.Root != base.Root {
		return feasible
	}
	rest, ok := Covers(base.Path, n.Path)
	if !ok || rest == "" {
		return feasible
	}
	// closes: storing v makes the test come out the other way.
	closes := func(v ssa.Value) bool {
		if k == nil { // a test against nil
			return isNil(v) != truth
		}
		c, isConst := v.(*ssa.Const)
		if !isConst {
			return truth && !isBool(k)
		}
		return c.Value != nil && k.Value != nil && constant.Compare(c.Value, token.EQL, k.Value) != truth
	}
	opens := func(v ssa.Value) bool { return !closes(v) }
	var closing []ssa.Instruction
	note := func(instr ssa.Instruction, addr, v ssa.Value) {
		if s.outermost(Name{addr, "*"}) == n && closes(v) && !r.oracle.Reopened(PlaceOf(addr, false).Var, opens, r.subject.Place) {
			closing = append(closing, instr)
		}
	}
	for _, st := range r.stores {
		note(st, st.Addr, st.Val)
	}
	if atomic {
		r.atomicStores(note)
	}
	if len(closing) > 0 && !r.oracle.HeldWithout(r.subject.Fn, r.subject.Place, closing) {
		return settled
	}
	if r.setOnRelease(n, k, truth) || r.unsetTogether(n, k, truth) {
		return settled
	}
	return feasible
}

// atomicFlag is the memory that n is what an atomic load found in.
func atomicFlag(n Name) (flag Name, ok bool) {
	call, ok := n.Root.(*ssa.Call)
	if !ok || n.Path != "" || source.AtomicOp(Resolve(&call.Call).Obj) != source.AtomicLoad {
		return n, false
	}
	return Name{call.Call.Args[0], "*"}, true
}

// atomicStores calls yield with what the function stores by atomic operations.
func (r *run) atomicStores(yield func(instr ssa.Instruction, addr, v ssa.Value)) {
	for instr := range Instrs(r.subject.Fn) {
		call, ok := instr.(ssa.CallInstruction)
		if !ok {
			continue
		}
		if callee := Resolve(call.Common()); source.AtomicOp(callee.Obj) == source.AtomicStore {
			yield(instr, callee.Args[0], callee.Args[1])
		}
	}
}

// original is n in the struct of which n's variable is a copy, if it is one.
//
//	st := m.states[key]
//	if st.ctx == nil {    // m.states[key].ctx
func original(n Name) Name {
	if _, variable := n.Root.(*ssa.Alloc); variable {
		return Outermost(throughOnly(n))
	}
	return n
}

// unsetTogether reports whether a test finds a field of the object unset (nil, or
// false) that is set wherever the value is stored, and unset only where it is
// released: there is no value.
//
//	if s.events == nil { s.events, s.cancel = s.watch() }
func (r *run) unsetTogether(n Name, k *ssa.Const, truth bool) bool {
	unset := k == nil && truth || k != nil && isBool(k) && constant.BoolVal(k.Value) != truth
	flag, own := r.flagAndPlace(n)
	return unset && flag != nil && own != nil && r.oracle.SetTogether(flag, Place{Var: own})
}

// flagAndPlace are the field that n is, of the innermost object that has it and the
// old value that is looked for, and the field of that object which keeps the value;
// nil where there is no such object.
func (r *run) flagAndPlace(n Name) (flag, own *types.Var) {
	names := r.subject.Names
	if !slices.ContainsFunc(names, func(o Start) bool { return o.Held && o.Root == n.Root }) {
		return nil, nil
	}
	for _, at := range names[0].Leading() {
		if rest, ok := Covers(at.Path, n.Path); ok && at.Root == n.Root && strings.HasPrefix(rest, ".") {
			t := typeAt(at)
			flag, own = fieldAt(t, at, n), fieldAt(t, at, names[0].Name)
		}
	}
	return flag, own
}

// setOnRelease reports whether a test finds a field of the object set (true, or
// not nil) that only functions which release the value set so: an object that
// is done, or closed.
func (r *run) setOnRelease(n Name, k *ssa.Const, truth bool) bool {
	set := k == nil && !truth || k != nil && isBool(k) && constant.BoolVal(k.Value) == truth
	if !set {
		return false
	}
	flag, own := r.flagAndPlace(n)
	if flag == nil {
		return false
	}
	return r.oracle.SetOnRelease(flag, r.subject.Place) || own != nil && r.oracle.SetOnRelease(flag, Place{Var: own})
}

// fieldAt is the field of the object at base, of struct type t, that n is or
// leads through, or nil.
func fieldAt(t *types.Struct, base, n Name) *types.Var {
	rest, ok := Covers(base.Path, n.Path)
	if t == nil || !ok || n.Root != base.Root || rest == "" || rest[0] != '.' {
		return nil
	}
	i, err := strconv.Atoi(strings.Trim(firstStep(rest), ".;"))
	if err != nil || i >= t.NumFields() {
		return nil
	}
	return t.Field(i).Origin()
}

// typeAt is the struct type of the object n, or nil.
func typeAt(n Name) *types.Struct {
	if t := n.Type(); t != nil {
		st, _ := types.Unalias(t).Underlying().(*types.Struct)
		return st
	}
	return nil
}

// Type is the type of what n names, or nil where that cannot be told.
func (n Name) Type() types.Type {
	t := n.Root.Type()
	for path := n.Path; path != ""; path = path[len(firstStep(path)):] {
		switch u := types.Unalias(t).Underlying().(type) {
		case *types.Pointer:
			if path[0] != '*' {
				return nil
			}
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Struct:
			i, err := strconv.Atoi(strings.Trim(firstStep(path), ".;"))
			if err != nil || i >= u.NumFields() {
				return nil
			}
			t = u.Field(i).Type()
		case *types.Tuple:
			i, err := strconv.Atoi(strings.Trim(firstStep(path), "#;"))
			if err != nil || i >= u.Len() {
				return nil
			}
			t = u.At(i).Type()
		default:
			return nil
		}
	}
	return t
}

// Leading returns the names on the way to what n names, n itself last.
func (n Name) Leading() []Name {
	all := []Name{{n.Root, ""}}
	for path := n.Path; path != ""; {
		step := firstStep(path)
		path = path[len(step):]
		all = append(all, all[len(all)-1].step(step))
	}
	return all
}

// guardCall judges a test by an atomic operation: compare-and-swap succeeds,
// or a swap finds the flag unset, once; a load finds what the function changes.
func (r *run) guardCall(s *state, call *ssa.Call, truth bool) outcome {
	base := r.subject.Base
	f := call.Call.StaticCallee()
	if base.Root == nil || f == nil || len(call.Call.Args) == 0 {
		return feasible
	}
	obj, _ := f.Object().(*types.Func)
	once := false
	switch source.AtomicOp(obj) {
	case source.AtomicCAS:
		once = truth
	case source.AtomicSwap:
		once = !truth
	case source.AtomicLoad:
		if source.IsBool(call.Type()) {
			return r.guardFlag(s, Name{call, ""}, truth)
		}
	}
	if n := s.outermost(Name{call.Call.Args[0], "*"}); once && n.Root == base.Root {
		return settled
	}
	return feasible
}

// storesIn lists the stores of fn and of the function literals inside it.
func storesIn(fn *ssa.Function) []*ssa.Store {
	var all []*ssa.Store
	for instr := range Instrs(fn) {
		if st, ok := instr.(*ssa.Store); ok {
			all = append(all, st)
		}
	}
	for _, anon := range fn.AnonFuncs {
		all = append(all, storesIn(anon)...)
	}
	return all
}
