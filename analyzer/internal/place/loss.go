package place

import (
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Stores reports whether instr puts a live value into a place, rather than
// taking one away.
func Stores(instr ssa.Instruction) (flow.Place, bool) {
	switch instr := instr.(type) {
	case *ssa.Store:
		return flow.PlaceOf(instr.Addr, false), !isZero(instr.Val)
	case *ssa.MapUpdate:
		return flow.PlaceOf(instr.Map, true), !isZero(instr.Value)
	case ssa.CallInstruction:
		callee := flow.Resolve(instr.Common())
		switch op := source.AtomicOp(callee.Obj); op {
		case source.AtomicStore, source.AtomicSwap, source.MapStore, source.MapSwap:
			return flow.PlaceOf(callee.Args[0], op >= source.MapLoad), !isZero(callee.Args[len(callee.Args)-1])
		}
	}
	return flow.Place{}, false
}

// A Loss is an instruction that may take away a live value.
type Loss struct {
	At ssa.Instruction
	// From is the place that loses it: the entry's own, or a map whose member it goes with.
	From flow.Place
	// Removal: the place is deleted, cleared or set to nil; otherwise it is
	// stored over with another live value.
	Removal bool
	// Evidence says how the same place is met again, in the reader's words
	// ("in a loop"); empty where nothing in the package shows it.
	Evidence string
}

func itoa(i int) string { return strconv.Itoa(i) }

// Losses returns the stores and removals that may lose what e held.
func (t *Table) Losses(e *Entry) []Loss {
	all, ok := t.losses[e] // two rules ask
	if ok {
		return all
	}
	for _, fn := range t.touching(e.Var) {
		for _, ch := range t.changes(fn, e) {
			if l, ok := t.loss(e, fn, ch); ok {
				all = append(all, l)
			}
		}
	}
	t.losses[e] = all
	return all
}

// loss decides whether ch may lose a live value: it looks for a path on which
// the object was there before, and what its place held is neither released
// nor known to be absent.
func (t *Table) loss(e *Entry, fn *ssa.Function, ch change) (Loss, bool) {
	path, ok := ch.withInner(ch.cell, e)
	if !ok {
		return Loss{}, false
	}
	l := Loss{At: ch.at, From: e.Place, Removal: ch.removal}
	if t.whenDone(fn, e) || isValueOf(fn, e) || t.ofOthers(fn, e) {
		return l, false
	}
	if ch.certain {
		return l, !t.seenToElsewhere(e, fn)
	}
	for _, old := range roots(path) {
		o := t.fate(e, fn, old, ch)
		if o == nil || o.Overflow != "" {
			continue
		}
		if !losesAt(o, ch.at) {
			continue
		}
		if ch.removal {
			if ch.holder && t.set.Releases(outermost(fn), e.Place, 3) {
				continue
			}
			if ch.of != nil && (t.seenToBefore(e, ch) || t.broughtAlong(e, fn, ch)) {
				continue
			}
			if ch.first && t.repeats(e, fn, old, make(map[*ssa.Function]bool)) == "" {
				continue
			}
			if same, ok := ch.withInner(ch.same, e); t.metByCallers(e, fn, old, ch.key) || ok && same.Root != nil && t.metByCallers(e, fn, same, nil) {
				continue
			}
			return l, true
		}
		if why := t.evidence(e, fn, old, ch); why != "" {
			l.Evidence = why
			return l, true
		}
		l.Evidence = ""
		return l, true
	}
	return l, false
}

// withInner is the name of the value inside the changed memory, or what is removed
// from it, which is called n.
func (ch change) withInner(n flow.Name, e *Entry) (flow.Name, bool) {
	inner := e.Inner
	for range flow.Nested(flow.Outermost(ch.cell)) { // it is in one of the inner containers
		if strings.HasPrefix(inner, "[") {
			inner = inner[strings.IndexByte(inner, ';')+1:]
		}
	}
	atomic := strings.HasSuffix(n.Path, ".v;")
	n.Path += inner
	if atomic && e.Inner == "" {
		n.Path += "*" // an atomic.Pointer to the function
	}
	return n, len(n.Path) < 90
}

// roots are the names that n may stand for: through the operands of a φ one
// by one, without those that are fresh objects or nil. What a loop finds in what it
// found on the turn before, as it goes down a tree, is of the same kind.
func roots(n flow.Name) []flow.Name {
	var all []flow.Name
	seen := make(map[flow.Name]bool)
	entered := make(map[*ssa.Phi]bool)
	var visit func(flow.Name)
	visit = func(n flow.Name) {
		n = flow.Distinct(n)
		if seen[n] || len(seen) > 16 {
			return
		}
		seen[n] = true
		switch x := n.Root.(type) {
		case *ssa.Phi:
			if entered[x] {
				return
			}
			entered[x] = true
			for _, e := range x.Edges {
				visit(flow.Name{Root: e, Path: n.Path})
			}
		case *ssa.Alloc, *ssa.Const, *ssa.MakeMap, *ssa.MakeSlice:
		default:
			all = append(all, n)
		}
	}
	visit(n)
	return all
}

// fate follows the old value named old through fn, from where its object is
// first known.
func (t *Table) fate(e *Entry, fn *ssa.Function, old flow.Name, ch change) *flow.Outcome {
	s := &flow.Subject{
		Fn:      fn,
		Methods: e.Methods,
		Place:   e.Place,
		Names:   []flow.Start{{Name: old, Held: true, Place: e.Place}},
		Base:    baseOf(old, e),
	}
	var got ssa.Instruction // what makes the object known by its key; before, it is another
	for _, n := range append(entered(fn, ch, e), t.underKey(e, fn, ch.key)...) {
		s.Names = append(s.Names, flow.Start{Name: n})
		if made, ok := n.Root.(ssa.Instruction); ok && made.Parent() == fn {
			got = made
		}
	}
	for _, c := range siblings(s.Base, baseType(ch)) {
		s.Names = append(s.Names, flow.Start{Name: c, Context: true})
	}
	switch root := old.Root.(type) {
	case *ssa.Parameter, *ssa.Global, *ssa.FreeVar:
		if old.Root.Parent() != nil && old.Root.Parent() != fn {
			// The variable of an enclosing function, seen from a literal.
			if !flow.Within(fn, old.Root.Parent()) {
				return nil
			}
		}
	case *ssa.Alloc:
		return nil
	case ssa.Instruction:
		if root.Parent() != fn {
			break // a captured variable: it is there from the entry
		}
		s.After = root
	}
	if got != nil && s.After == nil {
		since := *s
		since.After = got
		if o := flow.Explore(t.set, &since); o.Overflow == "" && !losesAt(o, ch.at) {
			return o
		}
	}
	return flow.Explore(t.set, s)
}

// losesAt reports whether the value is lost at the instruction at on some path.
func losesAt(o *flow.Outcome, at ssa.Instruction) bool {
	return slices.ContainsFunc(o.Ends, func(end flow.End) bool { return end.Kind == flow.Lost && end.By == at })
}

// entered are the values that the functions around the literal fn have put under
// the key of the map entry that ch changes: captured, they are what is there.
//
//	cancels[id] = cancel
//	return func() { cancel(); delete(cancels, id) }
func entered(fn *ssa.Function, ch change, e *Entry) []flow.Name {
	if ch.key == nil {
		return nil
	}
	var all []flow.Name
	cell := flow.Outermost(ch.cell)
	for f := fn.Parent(); f != nil; f = f.Parent() {
		for _, b := range f.Blocks {
			for _, instr := range b.Instrs {
				put, ok := instr.(*ssa.MapUpdate)
				if ok && flow.PlaceOf(put.Map, true) == e.Place && flow.Outermost(flow.MapCell(put.Map, put.Key)) == cell {
					all = append(all, flow.Outermost(flow.Name{Root: put.Value, Path: e.Inner}))
				}
			}
		}
	}
	return all
}

// isValueOf reports whether the literal fn is itself what is stored in e's place: it
// only runs where it is called to release.
//
//	s.stop = func() { cancel(); s.stop = nil }
func isValueOf(fn *ssa.Function, e *Entry) bool {
	made := flow.MadeAt(fn)
	return made != nil && slices.ContainsFunc(*made.Referrers(), func(ref ssa.Instruction) bool {
		st, ok := ref.(*ssa.Store)
		return ok && st.Val == made && flow.PlaceOf(st.Addr, false) == e.Place
	})
}

// ofOthers reports whether fn is a method of a generic container that nothing in the
// package calls: whoever calls it has a container of something else.
func (t *Table) ofOthers(fn *ssa.Function, e *Entry) bool {
	recv := fn.Signature.Recv()
	if recv == nil || len(t.prog.Callers(fn)) > 0 {
		return false
	}
	n, ok := types.Unalias(pointee(recv.Type())).(*types.Named)
	if !ok || n.TypeArgs().Len() == 0 {
		return false
	}
	object, _ := elementType(e)
	_, parameter := object.(*types.TypeParam)
	return parameter || e.Var.Type().String() == "sync.Map"
}

// whenDone reports whether fn, or a literal around it, is a callback that runs
// when a context is done which one of e's creations made, or from which it was
// derived, or that one of them registered: what is removed there has ended.
func (t *Table) whenDone(fn *ssa.Function, e *Entry) bool {
	for ; fn.Parent() != nil; fn = fn.Parent() {
		for _, ref := range *fn.Referrers() {
			mc, ok := ref.(*ssa.MakeClosure)
			if !ok {
				continue
			}
			for _, use := range *mc.Referrers() {
				call, ok := use.(ssa.CallInstruction)
				if !ok || source.FullName(flow.Resolve(call.Common()).Obj) != "context.AfterFunc" {
					continue
				}
				root := t.set.Root(call.Common().Args[0])
				if slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool {
					return slices.Contains(root.Through, c.Call) || ssa.CallInstruction(c.Call) == call
				}) {
					return true
				}
			}
		}
	}
	return false
}

// baseOf is the object that has the place: the name without its last steps.
func baseOf(old flow.Name, e *Entry) flow.Name {
	p := strings.TrimSuffix(old.Path, "*")
	p = strings.TrimSuffix(p, e.Inner)
	p = strings.TrimSuffix(p, ".v;")
	if i := strings.LastIndexByte(strings.TrimSuffix(p, ";"), ';'); i >= 0 {
		p = p[:i+1]
		if rest := old.Path[i+1:]; strings.HasPrefix(rest, "*") {
			p += "*"
		}
	} else if strings.HasPrefix(p, "*") {
		p = "*"
	} else {
		p = ""
	}
	return flow.Name{Root: old.Root, Path: p}
}

// baseType is the struct type that the changed field belongs to, or nil.
func baseType(ch change) types.Type {
	st, ok := ch.at.(*ssa.Store)
	if !ok {
		return nil
	}
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	if p, ok := types.Unalias(fa.X.Type()).Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return nil
}

// siblings are the context fields of the object at base: the end of the one
// stored beside a cancel function is the end of what it cancels.
func siblings(base flow.Name, t types.Type) []flow.Name {
	if t == nil || base.Root == nil {
		return nil
	}
	st, ok := types.Unalias(t).Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	var all []flow.Name
	for i := range st.NumFields() {
		if source.IsContext(st.Field(i).Type()) {
			all = append(all, flow.Name{Root: base.Root, Path: base.Path + "." + itoa(i) + ";"})
		}
	}
	return all
}
