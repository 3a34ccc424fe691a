package flow

// This file transfers stores: what memory holds, and what it loses.

import (
	"go/constant"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// store transfers *addr = val.
func (r *run) store(instr *ssa.Store, s *state) []*state {
	n := Name{instr.Addr, "*"}
	values := s.under(Name{instr.Val, ""})
	if a, ok := instr.Val.(*ssa.UnOp); ok && a.Op == token.MUL && a.X == instr.Addr {
		return []*state{s} // x = x
	}
	if !keepsElements(s, instr.Val, n) {
		s = s.overwrite(n, instr)
	} else if gone := RemovedElement(instr.Val); gone != "" {
		s = s.overwrite(n.step(gone), instr)
		values = slices.DeleteFunc(s.under(Name{instr.Val, ""}), func(it item) bool { return strings.HasPrefix(it.Path, gone) })
	}
	o := Outermost(n)
	s = s.forget(func(x operand) bool {
		_, inside := Covers(o.Path, trimLen(x.path))
		return x.root == o.Root && inside
	})
	if old := r.tested[operand{o.Root, o.Path}]; len(old) > 0 {
		s = s.with(func(c *state) { c.stale = old })
	}
	s = r.learn(s, operand{o.Root, o.Path}, instr.Val)
	if _, known := s.decided(condition{op: "nil", x: operand{o.Root, o.Path}}); !known && failsHere(instr) {
		s = s.assume(condition{op: "nil", x: operand{o.Root, o.Path}}, false)
	}
	return r.put(instr, s, n, values, PlaceOf(instr.Addr, false))
}

// failsHere reports whether st sets a named error result in a return statement
// whose other results are all zero, as in
//
//	return nil, wrap(err)
//
// which is how a function says that it failed.
func failsHere(st *ssa.Store) bool {
	b := st.Block().Instrs
	if !source.IsError(st.Val.Type()) || len(b) < 2 {
		return false
	}
	ret, ok := b[len(b)-1].(*ssa.Return)
	if !ok || len(ret.Results) < 2 {
		return false
	}
	zeros := 0
	for _, instr := range b {
		if o, ok := instr.(*ssa.Store); ok && o != st {
			if _, variable := o.Addr.(*ssa.Alloc); variable && isZeroConst(o.Val) && isResult(o.Addr, ret) {
				zeros++
			}
		}
	}
	return isResult(st.Addr, ret) && zeros == len(ret.Results)-1
}

func isZeroConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && (c.Value == nil || c.Value.Kind() == constant.String && constant.StringVal(c.Value) == "" ||
		c.Value.Kind() == constant.Bool && !constant.BoolVal(c.Value) || c.Value.Kind() == constant.Int && constant.Sign(c.Value) == 0)
}

// isResult reports whether the variable addr is loaded for ret.
func isResult(addr ssa.Value, ret *ssa.Return) bool {
	return slices.ContainsFunc(ret.Results, func(v ssa.Value) bool {
		load, ok := v.(*ssa.UnOp)
		return ok && load.X == addr
	})
}

// trimLen cuts the pseudo-steps len and cap off an operand's path.
func trimLen(path string) string {
	return strings.TrimSuffix(strings.TrimSuffix(path, "len"), "cap")
}

// keepsElements reports whether val is the container stored at n with
// elements added (s.list = append(s.list, x)) or a part of it (s.list[1:]):
// then storing it there takes nothing away.
func keepsElements(s *state, val ssa.Value, n Name) bool {
	switch v := val.(type) {
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			return keepsElements(s, v.Call.Args[0], n) || sameMemory(s, v.Call.Args[0], n)
		}
	case *ssa.Slice:
		return !EmptySlice(v) && (keepsElements(s, v.X, n) || sameMemory(s, v.X, n))
	}
	return false
}

func sameMemory(s *state, v ssa.Value, n Name) bool {
	return s.outermost(Name{v, ""}) == s.outermost(n)
}

// put records that the items found in a value are now also found in the
// memory n.
func (r *run) put(instr ssa.Instruction, s *state, n Name, values []item, place Place) []*state {
	if len(values) == 0 {
		return []*state{s}
	}
	if slices.ContainsFunc(values, func(it item) bool { return it.kind == product }) && r.outlives(s.outermost(n), instr) != no {
		r.end(End{Kind: Escaped, At: instr})
		return nil
	}
	owes := slices.ContainsFunc(values, func(it item) bool { return it.kind == owed })
	held := r.outlives(s.outermost(n), instr)
	if r.subject.Passing && (held == unknownLife || held == yes && !place.Known()) {
		return []*state{s}
	}
	if held == unknownLife || held == yes && !place.Known() {
		if owes {
			r.end(End{Kind: Escaped, At: instr})
			return nil
		}
		return []*state{s}
	}
	var added []item
	own := slices.Collect(s.names(n))
	names := append(r.holders(s, n, instr), own...)
	for i, name := range names {
		// Only the outermost name holds: the others are ways that lead
		// there until the memory they were loaded from is stored over.
		held := held == yes && i == len(names)-1
		for _, v := range values {
			p, inner := place, v.Path
			if p.Elem {
				inner = strings.Repeat(anyElement, Nested(s.outermost(n))) + inner
			}
			if inner != "" && inner[0] == '[' && !p.Elem {
				p.Elem = true
				inner = inner[len(firstStep(inner)):]
			}
			by, first := v.by, v.first
			if by == nil {
				by = instr
			}
			if !first.Known() {
				first = p
			}
			added = append(added, item{Name: name.step(v.Path), kind: v.kind, held: held && v.kind == owed, place: p, inner: inner, by: by, first: first})
		}
	}
	s = s.add(added...)
	captured := func(name Name) bool {
		a, ok := name.Root.(*ssa.Alloc)
		return ok && r.capturedEarlier(s, a, instr)
	}
	if owes && !r.subject.Passing && slices.ContainsFunc(own, captured) {
		r.end(End{Kind: Escaped, At: instr})
		return nil
	}
	return []*state{s}
}

// keyed notes that an object that is made here is found by the map of which it becomes
// a key. Whoever else has it may be meant to release it.
func (r *run) keyed(instr *ssa.MapUpdate, s *state) *state {
	keys := s.owedUnder(Name{instr.Key, ""})
	if len(keys) == 0 || r.subject.After == nil || r.outlives(s.outermost(Name{instr.Map, ""}), instr) == no {
		return s
	}
	for i, it := range keys {
		keys[i].Name = s.outermost(Name{instr.Map, asKey + it.Path})
		keys[i].held, keys[i].given = false, false
	}
	return s.add(keys...)
}

// isKey reports whether the value is known to be in the key of a map.
func (s *state) isKey() bool {
	return slices.ContainsFunc(s.items, func(it item) bool { return it.kind == owed && strings.Contains(it.Path, asKey) })
}

// asKey is the step from a map to its keys.
const asKey = "#key;"

// holders names the memory n by way of local variables into which a pointer
// to its object was stored before, as in
//
//	w := &wrapper{conn: c}
//	c.ctx, c.cancel = context.WithCancel(parent)
//	return w
func (r *run) holders(s *state, n Name, at ssa.Instruction) []Name {
	all := []Name{s.outermost(n)}
	for i := 0; i < len(all) && len(all) <= 6; i++ {
		all = append(all, s.holding(all[i], at)...)
	}
	return all[1:]
}

// holding is one step of holders.
func (s *state) holding(n Name, at ssa.Instruction) []Name {
	var all []Name
	for _, pointer := range pointers(n) {
		for _, ref := range referrers(pointer.Root) {
			st, ok := ref.(*ssa.Store)
			if !ok || st.Val != pointer.Root || DominatedBy(st, at) || len(all) >= 4 {
				continue
			}
			holder := s.outermost(Name{st.Addr, "*"})
			if a, local := holder.Root.(*ssa.Alloc); local && a != n.Root {
				all = append(all, holder.step(pointer.Path))
			}
		}
	}
	return all
}

// pointers are the values that lead to n: its root, or, where that is a
// variable, what is loaded from or stored in it.
func pointers(n Name) []Name {
	all := []Name{n}
	a, variable := n.Root.(*ssa.Alloc)
	rest, through := strings.CutPrefix(n.Path, "*")
	if !variable || !through {
		return all
	}
	for _, ref := range referrers(a) {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			all = append(all, Name{ref, rest})
		case *ssa.Store:
			if ref.Addr == a {
				all = append(all, Name{ref.Val, rest})
			}
		}
	}
	return all
}
