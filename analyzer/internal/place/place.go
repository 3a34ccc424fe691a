// Package place follows what outlives its function: the fields, globals and
// elements of containers that hold an obligation.
//
// In come the summaries of a package; out goes a Table with an entry for each
// place that owes a release, because some creation ends there and is not
// released by other means, and the answers to two questions about it: does
// anything that can see it release it (Loads), and which stores and removals
// may lose what it held before (Losses). "Creates must-call for", the Checker
// Framework's leak checker calls such stores: whoever stores owes again, and
// before the store the old value must be met.
package place

import (
	"cmp"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// An Entry is a place that owes a release.
type Entry struct {
	flow.Place
	// Inner is the path from what is stored there to the value to release:
	// empty for a function, the field of an owner otherwise.
	Inner   string
	Methods []string
	// Creations end here.
	Creations []*summary.Creation
	// Constructed: every object that has the place is born with it set.
	Constructed bool
}

// A Table is the places of a package that owe, in order of declaration.
type Table struct {
	Entries []*Entry
	// Firsts are the places into which creations are first put, by
	// whatever way the owners of those places then go.
	Firsts []*Entry
	set    *summary.Set

	released  map[*Entry]bool                       // the answers of Released
	losses    map[*Entry][]Loss                     // and of Losses
	naming    map[*types.Var]map[*ssa.Function]bool // the functions that name a place
	wholesale map[*ssa.Function]bool                // those that change places without naming them
	taking    []*ssa.Call                           // the answer of removals
	prog      *ssabuild.Program
}

// NewTable collects the places in which the package's creations end.
func NewTable(prog *ssabuild.Program, set *summary.Set) *Table {
	t := &Table{set: set, prog: prog, released: make(map[*Entry]bool), losses: make(map[*Entry][]Loss)}
	index := make(map[string]*Entry)
	firsts := make(map[flow.Place]*Entry)
	enterFirst := func(c *summary.Creation, n flow.Reach) {
		p := n.First
		if !p.Known() {
			return
		}
		e := firsts[p]
		if e == nil {
			e = &Entry{Place: p, Methods: c.Result.Methods, Inner: c.Result.Path}
			if p == n.Place {
				e.Inner = n.Inner
			}
			firsts[p] = e
			t.Firsts = append(t.Firsts, e)
		}
		if !slices.Contains(e.Creations, c) {
			e.Creations = append(e.Creations, c)
		}
	}
	enter := func(c *summary.Creation, n flow.Reach) {
		if !n.Place.Known() {
			return
		}
		k := placeKey(n.Place) + n.Inner
		e := index[k]
		if e == nil {
			e = &Entry{Place: n.Place, Inner: n.Inner, Methods: c.Result.Methods}
			index[k] = e
			t.Entries = append(t.Entries, e)
		}
		if !slices.Contains(e.Creations, c) {
			e.Creations = append(e.Creations, c)
		}
	}
	for _, fn := range prog.Funcs {
		for _, c := range set.Creations(fn) {
			if c.Outcome.Overflow != "" {
				continue
			}
			constructed := true
			for _, e := range c.Outcome.Ends {
				switch e.Kind {
				case flow.Held, flow.Returned:
					for _, n := range e.Names {
						if !keptTwice(e) && !(registered(n) && set.CallersRelease(fn, c, e)) {
							enter(c, n)
						}
						enterFirst(c, n)
					}
				case flow.Escaped:
					for _, n := range e.Names {
						enterFirst(c, n)
					}
				}
				if e.Kind != flow.Returned && !e.Failed {
					constructed = false
				}
			}
			for _, e := range c.Outcome.Ends {
				if e.Kind == flow.Returned && constructed {
					for _, n := range e.Names {
						if entry := index[placeKey(n.Place)+n.Inner]; entry != nil {
							entry.Constructed = true
						}
					}
				}
			}
		}
	}
	for _, list := range [][]*Entry{t.Entries, t.Firsts} {
		slices.SortStableFunc(list, func(a, b *Entry) int {
			return cmp.Or(prog.Compare(a.Var.Pos(), b.Var.Pos()), cmp.Compare(a.Inner, b.Inner))
		})
	}
	return t
}

// registered reports whether n is memory that was there before the function was
// called, rather than a part of what it returns.
func registered(n flow.Reach) bool {
	switch n.Root.(type) {
	case *ssa.Parameter, *ssa.Global, *ssa.FreeVar:
		return true
	}
	return false
}

// keptTwice reports whether e leaves the value in more than one place: what
// one loses, the other still has.
func keptTwice(e flow.End) bool {
	return slices.ContainsFunc(e.Names, func(n flow.Reach) bool {
		return n.Place.Known() && n.Place != e.Names[0].Place && !(e.Kind == flow.Held && sameCell(n, e.Names[0]))
	})
}

// sameCell reports whether a and b are two ways to one field of one object: the
// variable of the function that made it, and the container that it was put into.
func sameCell(a, b flow.Reach) bool {
	_, made := a.Root.(*ssa.Alloc)
	_, also := b.Root.(*ssa.Alloc)
	return made != also && a.First == b.First && a.First.Known() && lastField(a.Path) != "" && lastField(a.Path) == lastField(b.Path)
}

// lastField is the end of a path that leads through a pointer to a field:
// "*.1;".
func lastField(path string) string {
	if i := strings.LastIndexByte(path, '*'); i >= 0 && strings.HasPrefix(path[i+1:], ".") && strings.Count(path[i:], ";") == 1 {
		return path[i:]
	}
	return ""
}

func placeKey(p flow.Place) string {
	k := p.Var.Id() + "@" + itoa(int(p.Var.Pos()))
	if p.Elem {
		k += "[]"
	}
	return k + "/"
}

// Released reports whether something in the package that reads e releases it
// or hands it on.
func (t *Table) Released(e *Entry) bool {
	done, ok := t.released[e]
	if !ok {
		done = t.release(e)
		t.released[e] = done
	}
	return done
}

// ReleasedFrom reports whether something in the package releases, or hands on,
// what creations have put into p.
func (t *Table) ReleasedFrom(p flow.Place) bool {
	return slices.ContainsFunc(t.Firsts, func(e *Entry) bool { return e.Place == p && t.Released(e) })
}

func (t *Table) release(e *Entry) bool {
	for _, l := range t.Readers(e) {
		if t.set.LoadReleases(l, e.Inner, e.Methods) && t.reachable(outermost(l.Parent()), 0) {
			return true
		}
	}
	if e.Elem {
		// closers.Close() reads all elements at once.
		for _, l := range t.set.Loads(flow.Place{Var: e.Var}) {
			if t.set.LoadReleases(l, "[];"+e.Inner, e.Methods) && t.reachable(outermost(l.Parent()), 0) {
				return true
			}
		}
	}
	if leaf := leafField(e); leaf != nil {
		// s.part.cancel is read without reading s.part.
		for _, l := range t.set.Loads(flow.Place{Var: leaf}) {
			if t.set.LoadReleases(l, "", e.Methods) && t.reachable(outermost(l.Parent()), 0) {
				return true
			}
		}
	}
	return t.set.RangeReleases(e.Place, e.Inner, e.Methods)
}

// leafField is the field in which the structs inside e's place keep the value, or
// nil where it is kept in the place itself.
func leafField(e *Entry) *types.Var {
	t := e.Var.Type()
	if of, ok := t.Underlying().(interface{ Elem() types.Type }); ok && e.Elem {
		t = of.Elem()
	}
	var leaf *types.Var
	for path := e.Inner; path != ""; {
		step := path[:1]
		if step != "*" {
			step = path[:strings.IndexByte(path, ';')+1]
		}
		path = path[len(step):]
		switch u := types.Unalias(t).Underlying().(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Struct:
			i, err := strconv.Atoi(strings.Trim(step, ".;"))
			if err != nil || i >= u.NumFields() {
				return nil
			}
			leaf = u.Field(i).Origin()
			t = leaf.Type()
		case interface{ Elem() types.Type }: // a slice, array or map
			t = u.Elem()
		default:
			return nil
		}
	}
	return leaf
}

// Readers are the instructions that read e's place.
func (t *Table) Readers(e *Entry) []ssa.Instruction {
	return t.set.Loads(e.Place)
}

// reachable reports whether fn may ever run: it can be seen from outside the
// package, or something in it calls or mentions it.
func (t *Table) reachable(fn *ssa.Function, depth int) bool {
	obj, _ := fn.Object().(*types.Func)
	if obj == nil || obj.Exported() || obj.Name() == "main" || obj.Name() == "init" || depth > 4 {
		return true
	}
	for _, call := range t.prog.Callers(fn) {
		if up := outermost(call.Parent()); up != fn && t.reachable(up, depth+1) {
			return true
		}
	}
	for _, m := range t.prog.Mentions(fn) {
		if outermost(m.Parent()) != fn {
			return true
		}
	}
	// An unexported method may be called through an interface.
	if recv := obj.Signature().Recv(); recv != nil {
		return t.mayBeDynamic(obj)
	}
	return false
}

// mayBeDynamic reports whether an interface declared in the package, or used
// in it, has a method named like m.
func (t *Table) mayBeDynamic(m *types.Func) bool {
	for instr := range t.prog.Instrs {
		if call, ok := instr.(ssa.CallInstruction); ok {
			if c := call.Common(); c.IsInvoke() && c.Method.Name() == m.Name() {
				return true
			}
		}
	}
	return false
}

func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// fieldPath returns the path from a struct of type st to the field v, through
// embedded and nested structs, or "".
func fieldPath(t types.Type, v *types.Var, depth int) string {
	st, ok := types.Unalias(t).Underlying().(*types.Struct)
	if !ok || depth > 3 {
		return ""
	}
	for i := range st.NumFields() {
		step := "." + itoa(i) + ";"
		if st.Field(i).Origin() == v {
			return step
		}
		if inner := fieldPath(st.Field(i).Type(), v, depth+1); inner != "" {
			return step + inner
		}
	}
	return ""
}

// isLookup reports whether v was taken out of a map by its key, and so may be
// an object that was met before. Going over all elements is no evidence: that
// is how objects are started, once each.
func isLookup(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Lookup:
		return !flow.Ranged(v.Index)
	case *ssa.Call:
		f := v.Call.StaticCallee()
		return f != nil && strings.HasPrefix(f.String(), "(*sync.Map).Load")
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			return !flow.Ranged(t.Index)
		case *ssa.TypeAssert:
			return isLookup(t.X)
		case *ssa.Call:
			f := t.Call.StaticCallee()
			return f != nil && strings.HasPrefix(f.String(), "(*sync.Map).Load")
		}
	case *ssa.TypeAssert:
		return isLookup(v.X)
	}
	return false
}
