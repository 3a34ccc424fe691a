package summary

// This file tells, of the fields that guard a place, where they are set and to what.

import (
	"go/constant"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Reopened implements flow.Oracle.
func (s *Set) Reopened(field *types.Var, opens func(ssa.Value) bool, place flow.Place) bool {
	reopens := func(fn *ssa.Function, addr, v ssa.Value) bool {
		return opens(v) && !freshBase(addr) && !s.Releases(outermostFunc(fn), place, 3)
	}
	return slices.ContainsFunc(s.storesTo(field), func(st *ssa.Store) bool { return reopens(st.Parent(), st.Addr, st.Val) }) ||
		slices.ContainsFunc(s.atomicStoresTo(field), func(call ssa.CallInstruction) bool {
			args := flow.Resolve(call.Common()).Args
			return reopens(call.Parent(), args[0], args[1])
		})
}

// atomicStoresTo are the calls of the package that store to field by an atomic
// operation.
func (s *Set) atomicStoresTo(field *types.Var) []ssa.CallInstruction {
	s.prog.Naming(field)
	if s.atomics == nil {
		s.atomics = make(map[*types.Var][]ssa.CallInstruction)
		for instr := range s.prog.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			callee := flow.Resolve(call.Common())
			if op := source.AtomicOp(callee.Obj); op == source.AtomicStore || op == source.AtomicSwap {
				v := flow.PlaceOf(callee.Args[0], false).Var
				s.atomics[v] = append(s.atomics[v], call)
			}
		}
	}
	return s.atomics[field]
}

// HeldWithout implements flow.Oracle.
func (s *Set) HeldWithout(fn *ssa.Function, place flow.Place, after []ssa.Instruction) bool {
	if slices.ContainsFunc(after, func(instr ssa.Instruction) bool { return instr.Parent() != fn }) {
		return false // a literal, which may be deferred
	}
	return slices.ContainsFunc(s.Creations(fn), func(c *Creation) bool {
		if slices.ContainsFunc(after, func(instr ssa.Instruction) bool { return flow.DominatedBy(c.Call, instr) }) {
			return false
		}
		o := s.Until(c, func(instr ssa.Instruction) bool { return slices.Contains(after, instr) })
		return o.Overflow == "" && slices.ContainsFunc(o.Ends, func(e flow.End) bool { return e.HeldIn(place) })
	})
}

// Changes implements flow.Oracle.
func (s *Set) Changes(field *types.Var) bool {
	return slices.ContainsFunc(s.storesTo(field), func(st *ssa.Store) bool { return !freshBase(st.Addr) })
}

// SetOnRelease implements flow.Oracle.
func (s *Set) SetOnRelease(field *types.Var, place flow.Place) bool {
	if !place.Known() || field.Exported() {
		return false
	}
	set := false
	for _, st := range s.storesTo(field) {
		if isZeroConst(st.Val) {
			continue
		}
		if freshBase(st.Addr) || !s.Releases(outermostFunc(st.Parent()), place, 1) {
			return false
		}
		set = true
	}
	return set
}

// SetTogether implements flow.Oracle.
func (s *Set) SetTogether(flag *types.Var, place flow.Place) bool {
	if flag == place.Var || flag.Exported() || place.Elem {
		return false
	}
	sets := make(map[*ssa.Function][]ssa.Instruction)
	for _, st := range s.storesTo(flag) {
		fn := st.Parent()
		if !isZeroConst(st.Val) {
			sets[fn] = append(sets[fn], st)
		} else if !freshBase(st.Addr) && !s.Releases(outermostFunc(fn), place, 1) {
			return false
		}
	}
	stored := false
	for _, st := range s.storesTo(place.Var) {
		if isZeroConst(st.Val) {
			continue
		}
		if set := sets[st.Parent()]; set == nil || s.HeldWithout(st.Parent(), place, set) {
			return false
		}
		stored = true
	}
	return stored
}

func isZeroConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && (c.Value == nil || c.Value.Kind() == constant.Bool && !constant.BoolVal(c.Value))
}

// storesTo are the stores of the package to field.
func (s *Set) storesTo(field *types.Var) []*ssa.Store {
	s.prog.Setting(field)
	if s.fields == nil {
		s.fields = make(map[*types.Var][]*ssa.Store)
		for instr := range s.prog.Instrs {
			if st, ok := instr.(*ssa.Store); ok {
				if p := flow.PlaceOf(st.Addr, false); p.Known() {
					s.fields[p.Var] = append(s.fields[p.Var], st)
				}
			}
		}
	}
	return s.fields[field]
}

// freshBase reports whether addr is in an object that its function made.
func freshBase(addr ssa.Value) bool {
	_, ok := flow.Outermost(flow.Name{Root: addr, Path: "*"}).Root.(*ssa.Alloc)
	return ok
}
