package place

// This file finds the instructions that may take away what a place holds.

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A change is an instruction that stores to or removes from a place.
type change struct {
	at      ssa.Instruction
	cell    flow.Name // the memory that changes
	removal bool
	key     ssa.Value // of the map entry, if it is one
	of      ssa.Value // the map that it is in
	holder  bool      // it is an object that has the place that goes
	same    flow.Name // another name of what is removed, if it has been compared with it
	certain bool      // what is removed is not released on the way
	first   bool      // the object is given its container, as far as the package shows for the first time
}

// touching are the functions that may change the place of v: those that name
// it, and those that remove from containers or store whole structs.
func (t *Table) touching(v *types.Var) []*ssa.Function {
	if t.naming == nil {
		t.naming = make(map[*types.Var]map[*ssa.Function]bool)
		t.wholesale = make(map[*ssa.Function]bool)
		for _, fn := range t.prog.Funcs {
			t.survey(fn)
		}
	}
	var all []*ssa.Function
	for _, fn := range t.prog.Funcs {
		if t.wholesale[fn] || t.naming[v][fn] {
			all = append(all, fn)
		}
	}
	return all
}

func (t *Table) survey(fn *ssa.Function) {
	name := func(v *types.Var) {
		if t.naming[v] == nil {
			t.naming[v] = make(map[*ssa.Function]bool)
		}
		t.naming[v][fn] = true
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			for _, op := range instr.Operands(nil) {
				if g, ok := (*op).(*ssa.Global); ok {
					name(flow.PlaceOf(g, false).Var)
				}
			}
			switch instr := instr.(type) {
			case *ssa.FieldAddr:
				name(flow.PlaceOf(instr, false).Var)
			case *ssa.Field:
				name(flow.PlaceOf(instr, false).Var)
			case *ssa.Store:
				if zeroes(instr) || holdsObjects(instr) {
					t.wholesale[fn] = true
				}
			case *ssa.Call:
				switch f := instr.Call.Value.(type) {
				case *ssa.Builtin:
					if f.Name() == "delete" {
						t.wholesale[fn] = true
					}
				case *ssa.Function:
					switch source.FullName(flow.Resolve(&instr.Call).Obj) {
					case "maps.DeleteFunc", "slices.DeleteFunc":
						t.wholesale[fn] = true
					}
				}
			}
		}
	}
}

// changes lists the instructions of fn that store to e's place or remove from
// it.
func (t *Table) changes(fn *ssa.Function, e *Entry) []change {
	var all []change
	if fn.Synthetic == "package initializer" {
		return nil
	}
	add := func(at ssa.Instruction, cell flow.Name, removal bool, key ssa.Value) {
		all = append(all, change{at: at, cell: flow.Distinct(cell), removal: removal, key: key})
	}
	// lacking adds what v, a slice that at stores to cell, lacks of the one that was
	// there, if that is seen; inner is the path from an element to e's value.
	lacking := func(at ssa.Instruction, v ssa.Value, cell flow.Name, inner string) bool {
		gone := flow.RemovedElement(v)
		switch {
		case t.leavesOut(at, v, cell, inner, e):
			add(at, flow.Name{Root: cell.Root, Path: cell.Path + "[];"}, true, nil)
			all[len(all)-1].certain = true
		case gone != "":
			add(at, flow.Name{Root: cell.Root, Path: cell.Path + gone}, true, nil)
			all[len(all)-1].same.Root = sameElement(at, v, cell)
		default:
			return false
		}
		return true
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				p := flow.PlaceOf(instr.Addr, false)
				cell := flow.Name{Root: instr.Addr, Path: "*"}
				switch {
				case p == e.Place:
					moves := movesLast(instr)
					add(instr, cell, isZero(instr.Val) || moves, nil)
					all[len(all)-1].certain = moves
				case e.Elem && p.Var == e.Var && !p.Elem:
					if lacking(instr, instr.Val, cell, e.Inner) {
						break
					}
					if t.cutsOff(instr, e.Var) {
						add(instr, flow.Name{Root: instr.Addr, Path: "*[];"}, true, nil)
						all[len(all)-1].certain = true
					} else if !keeps(instr.Val, cell) {
						add(instr, flow.Name{Root: instr.Addr, Path: "*[];"}, true, nil)
						all[len(all)-1].first = t.first(instr, e.Var)
					}
				case !p.Elem && p.Known() && holderPath(instr.Val, e) != "":
					if t.leavesOut(instr, instr.Val, cell, holderPath(instr.Val, e)+e.Inner, e) || t.cutsOff(instr, p.Var) {
						add(instr, flow.Name{Root: instr.Addr, Path: "*[];" + holderPath(instr.Val, e)}, true, nil)
						all[len(all)-1].certain = true
					} else if !keeps(instr.Val, cell) && !t.carriesOver(fn, p.Var) {
						add(instr, flow.Name{Root: instr.Addr, Path: "*[];" + holderPath(instr.Val, e)}, true, nil)
						ch := &all[len(all)-1]
						ch.holder, ch.first = true, t.first(instr, p.Var)
					}
				case !p.Elem && zeroes(instr):
					path := fieldPath(instr.Val.Type(), e.Var, 0)
					if path != "" && !e.Elem {
						add(instr, flow.Name{Root: instr.Addr, Path: "*" + path}, true, nil)
					}
				}
			case *ssa.MapUpdate:
				if flow.PlaceOf(instr.Map, true) == e.Place {
					cell := flow.MapCell(instr.Map, instr.Key)
					inner, nested := strings.CutPrefix(e.Inner, "[];")
					if nested && (lacking(instr, instr.Value, cell, inner) || !isZero(instr.Value) && keeps(instr.Value, cell)) {
						break
					}
					add(instr, cell, isZero(instr.Value), instr.Key)
				}
			case ssa.CallInstruction:
				c := instr.Common()
				if b, ok := c.Value.(*ssa.Builtin); ok {
					if b.Name() == "delete" {
						path := holderPath(c.Args[0], e)
						if path != "" || flow.PlaceOf(c.Args[0], true) == e.Place {
							cell := flow.MapCell(c.Args[0], c.Args[1])
							if t.emptied(e, instr, cell) {
								continue
							}
							add(instr, flow.Name{Root: cell.Root, Path: cell.Path + path}, true, c.Args[1])
							ch := &all[len(all)-1]
							ch.holder, ch.of = path != "", c.Args[0]
							if same := comparedWith(instr.Block(), func(x ssa.Value) bool {
								return flow.Outermost(flow.Name{Root: x}) == flow.Outermost(cell)
							}); same != nil {
								ch.same = flow.Name{Root: same, Path: path}
							}
						}
					}
					if b.Name() == "clear" && flow.PlaceOf(c.Args[0], true) == e.Place {
						add(instr, flow.Name{Root: c.Args[0], Path: "[];"}, true, nil)
					}
					continue
				}
				callee := flow.Resolve(c)
				if inner, ok := t.deletedByFunc(callee, e); ok {
					all = append(all, change{at: instr, cell: flow.Distinct(flow.Name{Root: callee.Args[0], Path: "[];" + inner}), removal: true, certain: true})
					continue
				}
				op := source.AtomicOp(callee.Obj)
				if op == source.NoAtomic || len(callee.Args) == 0 || flow.PlaceOf(callee.Args[0], op >= source.MapLoad) != e.Place {
					continue
				}
				switch op {
				case source.AtomicStore, source.AtomicSwap:
					add(instr, flow.Name{Root: callee.Args[0], Path: "*.v;"}, isZero(callee.Args[1]), nil)
				case source.MapStore, source.MapSwap:
					add(instr, flow.SyncMapCell(callee.Args[0], callee.Args[1]), false, callee.Args[1])
				case source.MapDelete, source.MapTake:
					if fn.Parent() != nil && len(fn.Params) == 2 && t.set.RangeReleases(e.Place, e.Inner, e.Methods) {
						continue // in the function that a Range calls with the entry
					}
					add(instr, flow.SyncMapCell(callee.Args[0], callee.Args[1]), true, callee.Args[1])
				}
			}
		}
	}
	return all
}

// holderPath returns the path from an element of the map or slice m to e's field,
// where the elements are objects that have it, or "".
func holderPath(m ssa.Value, e *Entry) string {
	var elem types.Type
	switch t := m.Type().Underlying().(type) {
	case *types.Map:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	}
	if elem == nil || !e.Var.IsField() || e.Elem {
		return ""
	}
	if path := pointedPath(elem, e); path != "" {
		return path
	}
	return fieldPath(elem, e.Var, 0)
}

// pointedPath returns the path from a pointer of type t to e's field in the object that it
// points to, or "".
func pointedPath(t types.Type, e *Entry) string {
	p, ok := types.Unalias(t).Underlying().(*types.Pointer)
	if !ok {
		return ""
	}
	path := fieldPath(p.Elem(), e.Var, 0)
	if path == "" {
		return ""
	}
	return "*" + path
}

// holdsObjects reports whether st puts a container of objects into a place.
func holdsObjects(st *ssa.Store) bool {
	var elem types.Type
	switch t := st.Val.Type().Underlying().(type) {
	case *types.Map:
		elem = t.Elem()
	case *types.Slice:
		elem = t.Elem()
	default:
		return false
	}
	_, object := types.Unalias(pointee(elem)).Underlying().(*types.Struct)
	return object && flow.PlaceOf(st.Addr, false).Known()
}

// carriesOver reports whether fn goes over the elements of the container that it
// replaces: it may put them into the new one, or see to them. Those that it looks up
// by keys of its own choice are some.
func (t *Table) carriesOver(fn *ssa.Function, container *types.Var) bool {
	return t.loads(fn, container, func(l ssa.Instruction) bool {
		at, ok := l.(*ssa.Lookup)
		return !ok || flow.Ranged(at.Index)
	})
}

// reads reports whether the function of st has use for what is in the container that
// st replaces.
func (t *Table) reads(st *ssa.Store, container *types.Var) bool {
	return t.loads(st.Parent(), container, func(l ssa.Instruction) bool {
		from, ok := containerOf(l).(ssa.Instruction)
		return !ok || !flow.DominatedBy(from, st)
	})
}

// containerOf is what l, which reads an element, reads it from, or nil.
func containerOf(l ssa.Instruction) ssa.Value {
	switch l := l.(type) {
	case *ssa.Lookup:
		return l.X
	case *ssa.Extract:
		if r := flow.EntryOf(l); r != nil {
			return r.X
		}
	case *ssa.UnOp:
		if at, ok := l.X.(*ssa.IndexAddr); ok {
			return at.X
		}
	}
	return nil
}

// loads reports whether an instruction of fn, or of a function around it, reads an
// element of the container, and is such.
func (t *Table) loads(fn *ssa.Function, container *types.Var, such func(ssa.Instruction) bool) bool {
	return slices.ContainsFunc(t.set.Loads(flow.Place{Var: container, Elem: true}), func(l ssa.Instruction) bool {
		return outermost(l.Parent()) == outermost(fn) && such(l)
	})
}

// deletedByFunc reports whether callee is maps.DeleteFunc or slices.DeleteFunc
// on the container of e, and the function that chooses what goes leaves it
// alone. inner is the path from an element to e's place.
func (t *Table) deletedByFunc(callee flow.Callee, e *Entry) (inner string, ok bool) {
	arg := 0
	switch source.FullName(callee.Obj) {
	case "maps.DeleteFunc":
		arg = 1
	case "slices.DeleteFunc":
	default:
		return "", false
	}
	switch {
	case flow.PlaceOf(callee.Args[0], true) == e.Place:
	case holderPath(callee.Args[0], e) != "":
		inner = holderPath(callee.Args[0], e)
	default:
		return "", false
	}
	chooser := flow.Resolve(&ssa.CallCommon{Value: callee.Args[1]})
	if chooser.Fn == nil {
		return "", false
	}
	if len(chooser.Fn.Blocks) == 0 || arg >= len(chooser.Fn.Params) {
		return "", false
	}
	old := flow.Name{Root: chooser.Fn.Params[arg], Path: inner + e.Inner}
	o := flow.Explore(t.set, &flow.Subject{
		Fn: chooser.Fn, Methods: e.Methods, Place: e.Place, Base: baseOf(old, e), Verdict: true,
		Names: []flow.Start{{Name: old, Held: true, Place: e.Place}},
	})
	if o.Overflow != "" || o.Has(flow.Released, flow.Escaped, flow.Held, flow.Returned) {
		return "", false
	}
	// Some path that leaves it alone has the element go.
	return inner, slices.ContainsFunc(o.Ends, func(end flow.End) bool {
		return end.Kind != flow.Settled && !slices.Contains(end.False, 0)
	})
}

// first reports whether st gives its container to an object for the first
// time, as far as the package shows. A map must be made before it is used: a
// store is the first if no other function stores one. A slice need not: it is
// the first if no other function appends to it. Where the function reads what is in
// the container, there was one.
func (t *Table) first(st *ssa.Store, container *types.Var) bool {
	if isZero(st.Val) || t.reads(st, container) {
		return false
	}
	if part, ok := st.Val.(*ssa.Slice); ok && flow.Outermost(flow.Name{Root: part.X}) == flow.Outermost(flow.Name{Root: st.Addr, Path: "*"}) {
		return false
	}
	_, slice := st.Val.Type().Underlying().(*types.Slice)
	for _, fn := range t.prog.Funcs {
		if fn == st.Parent() {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				o, ok := instr.(*ssa.Store)
				if ok && flow.PlaceOf(o.Addr, false) == (flow.Place{Var: container}) && !isZero(o.Val) && keeps(o.Val, flow.Name{Root: o.Addr, Path: "*"}) == slice {
					return false
				}
			}
		}
	}
	return true
}

// isZero reports whether v is nil or a zero struct.
func isZero(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

// zeroes reports whether st stores a zero struct: a constant, or a composite
// literal without elements.
func zeroes(st *ssa.Store) bool {
	if _, ok := st.Val.Type().Underlying().(*types.Struct); !ok {
		return false
	}
	if isZero(st.Val) {
		return true
	}
	load, ok := st.Val.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	_, lit := load.X.(*ssa.Alloc)
	return lit
}

// keeps reports whether the container v has the elements of the one that it
// replaces, at n: an append to it, or a part of it.
func keeps(v ssa.Value, n flow.Name) bool {
	for {
		switch x := v.(type) {
		case *ssa.Call:
			b, ok := x.Call.Value.(*ssa.Builtin)
			if !ok {
				// A function of the container may well drop elements, but
				// which is not known.
				return true
			}
			if b.Name() != "append" {
				return false
			}
			v = x.Call.Args[0]
			continue
		case *ssa.Slice:
			if flow.EmptySlice(x) {
				return false
			}
			v = x.X
			continue
		case *ssa.ChangeType:
			v = x.X
			continue
		case *ssa.Phi:
			return true
		case *ssa.Extract:
			return true
		}
		break
	}
	return flow.Outermost(flow.Name{Root: v}) == flow.Outermost(n)
}
