package place

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file recognises objects that only a container knows, the keys or the entries of
// a map or the elements of a list, and that are taken out of it without being ended. How
// they came there does not matter.

// Forgotten returns the removals from containers whose members are objects that have
// e's place, which end nothing, where nobody else may: whatever releases what is in that
// place has its object from the same container, or takes it out of there as well.
//
//	case c := <-h.unregister:
//		delete(h.clients, c)
func (t *Table) Forgotten(e *Entry) []Loss {
	if e.Elem || e.Inner != "" || !e.Var.IsField() || e.Var.Exported() || slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return !onlyStored(c) }) {
		return nil
	}
	var all []Loss
	for _, call := range t.removals() {
		m, ok := t.member(call, e)
		if !ok {
			continue
		}
		container := takenFrom(call)
		if !enteredElsewhere(m.by, container) && !t.seenToByOthers(e, call.Parent(), m, container) && t.reachedBy(e, container) && t.endsNothing(e, m, call) {
			all = append(all, Loss{At: call, From: container, Removal: true})
		}
	}
	return all
}

// removals are the calls of the package that take something from a container.
func (t *Table) removals() []*ssa.Call {
	if t.taking == nil {
		t.taking = []*ssa.Call{}
		for instr := range t.prog.Instrs {
			if takenFrom(instr).Known() {
				t.taking = append(t.taking, instr.(*ssa.Call))
			}
		}
	}
	return t.taking
}

// takenFrom is the container from which instr takes a member, if it does and that is a
// place: a map, or a list.
func takenFrom(instr ssa.Instruction) flow.Place {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return flow.Place{}
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "delete" {
		return flow.PlaceOf(call.Call.Args[0], true)
	}
	return listOf(call, "Remove")
}

// listOf is the list one of whose methods call is, if it is one of these and the list a
// place.
func listOf(call *ssa.Call, methods ...string) flow.Place {
	callee := flow.Resolve(&call.Call)
	method, ok := strings.CutPrefix(source.FullName(callee.Obj), "container/list.List.")
	if !ok || !slices.Contains(methods, method) {
		return flow.Place{}
	}
	return flow.PlaceOf(callee.Args[0], false)
}

// goneOver is the container whose members instr begins to go over, if that is a place.
func goneOver(instr ssa.Instruction) flow.Place {
	switch instr := instr.(type) {
	case *ssa.Range:
		return flow.PlaceOf(instr.X, true)
	case *ssa.Call:
		return listOf(instr, "Front", "Back")
	}
	return flow.Place{}
}

// A member is e's value in an object that goes.
type member struct {
	value flow.Name
	by    ssa.Value // by which the object is found in the container
	since ssa.Value // where the function begins to know it
	cell  bool      // value is what is in the container, rather than in an object
	own   bool      // the function has looked it up
}

// member is what goes where call removes something from a container: the key of the
// map, or what has the key for a field, or what is under it; what the element of the
// list is taken for. Of what is in a map, where e is known to be held, Losses tells.
func (t *Table) member(call *ssa.Call, e *Entry) (member, bool) {
	in := func(object ssa.Value) flow.Name {
		return flow.Distinct(flow.Name{Root: object, Path: pointedPath(object.Type(), e)})
	}
	container, k := call.Call.Args[0], call.Call.Args[1]
	m, ok := container.Type().Underlying().(*types.Map)
	if !ok {
		object := takenFor(call.Parent(), k, e)
		if object == nil {
			return member{}, false
		}
		since := k
		if flow.DominatedBy(call, object) {
			since = object
		}
		return member{value: in(object), by: k, since: since}, true
	}
	if pointedPath(k.Type(), e) != "" {
		return member{value: in(k), by: k, since: k}, true
	}
	path := pointedPath(m.Elem(), e)
	if path == "" || slices.ContainsFunc(t.Entries, func(o *Entry) bool { return o.Place == e.Place }) {
		return member{}, false
	}
	if load, ok := k.(*ssa.UnOp); ok {
		if field, ok := load.X.(*ssa.FieldAddr); ok && pointedPath(field.X.Type(), e) != "" {
			return member{value: in(field.X), by: field.X, since: field.X}, true
		}
	}
	cell := flow.MapCell(container, k)
	value := flow.Distinct(flow.Name{Root: cell.Root, Path: cell.Path + path})
	return member{value: value, by: k, since: k, cell: true, own: looksUp(call, cell)}, true
}

// looksUp reports whether control comes to at by way of a lookup of what is in cell.
func looksUp(at ssa.Instruction, cell flow.Name) bool {
	cell = flow.Outermost(cell)
	for instr := range flow.Instrs(at.Parent()) {
		l, ok := instr.(*ssa.Lookup)
		if ok && flow.DominatedBy(at, l) && flow.Outermost(flow.MapCell(l.X, l.Index)) == cell {
			return true
		}
	}
	return false
}

// takenFor is what fn says that the value of the element of a list is, an object that has
// e's place, or nil.
func takenFor(fn *ssa.Function, element ssa.Value, e *Entry) *ssa.TypeAssert {
	for instr := range flow.Instrs(fn) {
		as, ok := instr.(*ssa.TypeAssert)
		if !ok || as.CommaOk || pointedPath(as.AssertedType, e) == "" {
			continue
		}
		if load, ok := as.X.(*ssa.UnOp); ok {
			if value, ok := load.X.(*ssa.FieldAddr); ok && value.X == element {
				return as
			}
		}
	}
	return nil
}

// seenToByOthers reports whether m, which fn takes out of the container, may be ended by
// whoever else has it. Of what fn has found there by going over it, or has got out of a
// channel, nobody is known to have it, unless it was sent for having ended; what it has
// looked up, its callers may have.
func (t *Table) seenToByOthers(e *Entry, fn *ssa.Function, m member, container flow.Place) bool {
	if over := flow.RangedOver(m.by); over != nil && flow.PlaceOf(over, true) == container {
		return false
	}
	turns := []ssa.Value{m.by}
	if phi, ok := m.by.(*ssa.Phi); ok {
		turns = phi.Edges
	}
	if slices.ContainsFunc(turns, func(v ssa.Value) bool { first, ok := v.(*ssa.Call); return ok && goneOver(first) == container }) {
		return false
	}
	if ch := receivedFrom(m.by); ch != nil {
		return t.sentWhenDone(ch)
	}
	if m.own {
		return t.callersSeeTo(e, fn)
	}
	return t.seenToElsewhere(e, fn) || t.madeByCaller(fn, m.by)
}

// enteredElsewhere reports whether the object v becomes the key of another map, or an
// entry there.
func enteredElsewhere(v ssa.Value, container flow.Place) bool {
	if v.Referrers() == nil { // a constant
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		put, ok := ref.(*ssa.MapUpdate)
		return ok && flow.PlaceOf(put.Map, true) != container
	})
}

// onlyStored reports whether the release function that c makes goes to a place, and
// nowhere else.
func onlyStored(c *summary.Creation) bool {
	release := flow.ResultOf(c.Call, c.Result.Index)
	return !c.Owner() && release != nil && !slices.ContainsFunc(*release.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			return false
		case *ssa.Store:
			_, field := ref.Addr.(*ssa.FieldAddr)
			return !field || ref.Val != release
		}
		return true
	})
}

// madeByCaller reports whether v is a parameter of fn for which some caller gives what
// a constructor has just made: it owes the release, and is told so.
func (t *Table) madeByCaller(fn *ssa.Function, v ssa.Value) bool {
	param, ok := v.(*ssa.Parameter)
	return ok && slices.ContainsFunc(t.prog.Callers(fn), func(site ssa.CallInstruction) bool {
		at, ok := inCaller(site, fn, flow.Name{Root: param})
		return ok && slices.ContainsFunc(t.set.Creations(site.Parent()), func(c *summary.Creation) bool { return at.Root == ssa.Value(c.Call) })
	})
}

// reachedBy reports whether all that release what is in e's place, of which there is
// something, have the object from a container, or out of a channel, or are given it by
// those who have; or, by other packages, to take it out.
func (t *Table) reachedBy(e *Entry, container flow.Place) bool {
	seen := make(map[ssa.Value]bool)
	var has func(object flow.Name) bool
	has = func(object flow.Name) bool {
		if strings.Contains(object.Path, "[") || receivedFrom(object.Root) != nil {
			return true
		}
		if over := flow.RangedOver(object.Root); over != nil {
			return flow.PlaceOf(over, true) == container
		}
		if seen[object.Root] {
			return true
		}
		seen[object.Root] = true
		switch root := object.Root.(type) {
		case *ssa.Call:
			return goneOver(root) == container || takenFrom(root) == container
		case *ssa.Phi:
			return slices.ContainsFunc(root.Edges, func(v ssa.Value) bool { return has(flow.Outermost(flow.Name{Root: v})) })
		case *ssa.Parameter:
			fn := root.Parent()
			sites := t.prog.Callers(fn)
			if obj := fn.Object(); obj == nil || len(t.prog.Mentions(fn)) > 0 || (obj.Exported() || len(sites) == 0) && !t.takesOut(fn, container) {
				return false
			}
			return !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
				given, ok := inCaller(site, fn, flow.Name{Root: root})
				return !ok || !has(given)
			})
		}
		return false
	}
	releases := 0
	for _, l := range t.set.Loads(e.Place) {
		if !t.set.LoadReleases(l, "", nil) {
			continue
		}
		releases++
		load, ok := l.(*ssa.UnOp)
		if !ok {
			return false
		}
		if field, ok := load.X.(*ssa.FieldAddr); !ok || !has(flow.Outermost(flow.Name{Root: field.X})) {
			return false
		}
	}
	return releases > 0
}

// takesOut reports whether fn takes members out of the container.
func (t *Table) takesOut(fn *ssa.Function, container flow.Place) bool {
	return slices.ContainsFunc(t.removals(), func(call *ssa.Call) bool { return call.Parent() == fn && takenFrom(call) == container })
}

// endsNothing reports whether m, which goes at the instruction at, is alive on some path
// there, and is neither released nor handed on by any from there.
func (t *Table) endsNothing(e *Entry, m member, at ssa.Instruction) bool {
	s := t.subjectAfter(e, at, []flow.Name{m.value})
	s.After = nil // a parameter is known from the beginning
	since, _ := m.since.(ssa.Instruction)
	if since != nil && since.Parent() == s.Fn {
		s.After = since
	}
	if m.cell { // deleting it is what loses it
		o := flow.Explore(t.set, s)
		return o.Overflow == "" && losesAt(o, at)
	}
	alive, another := false, false
	s.Watch = func(instr ssa.Instruction) bool {
		alive = alive || instr == at
		another = another || instr == at || instr == since
		return instr == at || instr == since
	}
	if o := flow.Explore(t.set, s); o.Overflow != "" || !alive {
		return false
	}
	s.After, another = at, false
	o := flow.Explore(t.set, s)
	return o.Overflow == "" && !o.Has(flow.Released, flow.Escaped, flow.Returned) && (another || o.Has(flow.Lost, flow.Held, flow.Unchanged))
}
