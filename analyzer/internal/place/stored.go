package place

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A StoredContext is a context that is kept in a place that outlives the call
// it came with.
type StoredContext struct {
	Pos     token.Pos
	Place   flow.Place
	Request bool      // it is an HTTP request's
	Origin  ssa.Value // the call or parameter it comes from
}

// StoredContexts finds the requests' contexts that a function leaves in memory
// it does not own, or sends to a channel of it, and the callers' contexts that
// it leaves in a global or in a container from which nothing is ever removed, or
// whose entries serve later callers. With everything, any field counts for
// those too, and so do functions in _test.go files.
func StoredContexts(prog *ssabuild.Program, set *summary.Set, everything bool) []StoredContext {
	var all []StoredContext
	removed := removals(prog)
	stores := storers(prog)
	for _, fn := range prog.Funcs {
		if !everything && prog.InTest(fn.Pos()) {
			continue
		}
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if call, ok := instr.(*ssa.Call); ok && isRequestContext(call) {
					for _, n := range kept(set, fn, call, call) {
						if removed[n.place.Var] && (!n.place.Elem && n.place.Var.IsField() && outgoing(fn) || takenBack(prog, fn, n.place)) {
							continue
						}
						all = append(all, StoredContext{n.pos, n.place, true, call})
					}
				}
			}
		}
		if fn.Parent() != nil || !stores[fn] {
			continue
		}
		for _, p := range fn.Params {
			if !source.IsContext(p.Type()) {
				continue
			}
			for _, n := range kept(set, fn, p, nil) {
				if diesWithCaller(prog, set, fn, n.base) {
					continue
				}
				lasting := (!n.place.Var.IsField() || n.place.Elem) && !n.place.Channel()
				switch {
				case (lasting || everything) && !removed[n.place.Var]:
					all = append(all, StoredContext{n.pos, n.place, false, nil})
				case lasting && servesLater(set, fn, p, n.place):
					all = append(all, StoredContext{n.pos, n.place, false, nil})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b StoredContext) int { return prog.Compare(a.Pos, b.Pos) })
	return slices.CompactFunc(all, func(a, b StoredContext) bool { return a.Pos == b.Pos })
}

func isRequestContext(call *ssa.Call) bool {
	return source.FullName(flow.Resolve(&call.Call).Obj) == "net/http.Request.Context"
}

// A keeping is where, and by which store, a context is kept.
type keeping struct {
	pos   token.Pos
	place flow.Place
	base  ssa.Value // the memory it is in
}

// kept follows the context v of fn and returns where it is when fn returns.
func kept(set *summary.Set, fn *ssa.Function, v ssa.Value, after ssa.Instruction) []keeping {
	if p, given := v.(*ssa.Parameter); given && set.GaveUp(p) {
		return nil
	}
	o := flow.Explore(set, &flow.Subject{
		Fn: fn, After: after, Passing: true,
		Methods: flow.PassingMark(),
		Names:   []flow.Start{{Name: flow.Name{Root: v}}},
	})
	if o.Overflow != "" {
		return nil
	}
	var all []keeping
	for _, e := range o.Ends {
		if e.Kind != flow.Held {
			continue
		}
		for _, n := range e.Names {
			if n.By == nil || !position(n.By).IsValid() || !n.Place.Known() || besideItsCancel(set, fn, n.By) || awaitsAnswer(fn, v, n.By) {
				continue
			}
			k := keeping{pos: position(n.By), place: n.Place, base: n.Root}
			if !slices.ContainsFunc(all, func(o keeping) bool { return o.pos == k.pos }) {
				all = append(all, k)
			}
		}
	}
	return all
}

// position is where by stands in the source: a store that go/ssa adds, for a
// result or a part of a composite literal, has none of its own.
func position(by ssa.Instruction) token.Pos {
	st, ok := by.(*ssa.Store)
	switch {
	case by.Pos().IsValid() || !ok:
		return by.Pos()
	case st.Addr.Pos().IsValid():
		return st.Addr.Pos()
	}
	return st.Val.Pos()
}

// outgoing reports whether fn is the method of an http.RoundTripper: the request
// is one that this program sends.
func outgoing(fn *ssa.Function) bool {
	p, r := fn.Signature.Params(), fn.Signature.Results()
	return p.Len() == 1 && r.Len() == 2 && p.At(0).Type().String() == "*net/http.Request" && r.At(0).Type().String() == "*net/http.Response"
}

// takenBack reports whether every caller of fn in the package, of which there is one,
// defers a call that removes something from place.
//
//	defer contexts.remove(r)
//	serve(contexts.of(r), w)
func takenBack(prog *ssabuild.Program, fn *ssa.Function, place flow.Place) bool {
	sites := prog.Callers(fn)
	return len(sites) > 0 && !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		for instr := range flow.Instrs(site.Parent()) {
			if d, ok := instr.(*ssa.Defer); ok && removesFrom(flow.Resolve(&d.Call).Fn, place) {
				return false
			}
		}
		return true
	})
}

// removesFrom reports whether fn, which may be nil, deletes an entry of place.
func removesFrom(fn *ssa.Function, place flow.Place) bool {
	if fn == nil {
		return false
	}
	for instr := range flow.Instrs(fn) {
		call, ok := instr.(ssa.CallInstruction)
		if !ok {
			continue
		}
		if f, builtin := call.Common().Value.(*ssa.Builtin); builtin && f.Name() == "delete" && flow.PlaceOf(call.Common().Args[0], true) == place {
			return true
		}
	}
	return false
}

// diesWithCaller reports whether the object base, a parameter of fn, is one that
// every caller in the package has just made, and keeps to itself.
func diesWithCaller(prog *ssabuild.Program, set *summary.Set, fn *ssa.Function, base ssa.Value) bool {
	sites := prog.Callers(fn)
	if _, ok := base.(*ssa.Parameter); !ok || len(sites) == 0 || len(prog.Mentions(fn)) > 0 {
		return false
	}
	return !slices.ContainsFunc(sites, func(site ssa.CallInstruction) bool {
		here, ok := inCaller(site, fn, flow.Name{Root: base})
		return !ok || !madeHere(set, here.Root) || keptBy(here.Root)
	})
}

// madeHere reports whether v is an object that its function has just made, itself
// or by a call.
func madeHere(set *summary.Set, v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc:
		return true
	case *ssa.Call:
		callee := flow.Resolve(&v.Call)
		return callee.Fn != nil && callee.Fn.Signature.Results().Len() == 1 && set.Fresh(callee.Fn, 0)
	}
	return false
}

// keptBy reports whether v, the address of an object, is stored, sent or returned.
func keptBy(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.Store:
			return ref.Val == v
		case *ssa.MapUpdate, *ssa.Send, *ssa.Return, *ssa.MakeInterface, *ssa.Phi:
			return true
		}
		return false
	})
}

// servesLater reports whether fn looks for an entry in the map that is place,
// uses it where there is one, and enters one under the same key where there is
// none: the context of the first caller is kept for all that come after.
//
//	if e, ok := c.entries[key]; ok {
//		return e.value, nil
//	}
//	…
//	c.entries[key] = &entry{ctx: ctx}
func servesLater(set *summary.Set, fn *ssa.Function, ctx *ssa.Parameter, place flow.Place) bool {
	if keepings(set, fn, ctx) > 1 {
		return false // that of each caller is kept
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			entered, ok := instr.(*ssa.MapUpdate)
			if !ok || flow.PlaceOf(entered.Map, true) != place {
				continue
			}
			cell := flow.Outermost(flow.MapCell(entered.Map, entered.Key))
			for _, d := range fn.Blocks {
				for _, instr := range d.Instrs {
					found, ok := instr.(*ssa.Lookup)
					if ok && d.Dominates(b) && flow.Outermost(flow.MapCell(found.X, found.Index)) == cell && used(found, b) {
						return true
					}
				}
			}
		}
	}
	return false
}

// keepings counts the stores of fn that put ctx, or what derives from it, into
// more than a variable.
func keepings(set *summary.Set, fn *ssa.Function, ctx *ssa.Parameter) int {
	n := 0
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			st, ok := instr.(*ssa.Store)
			if !ok || !source.IsContext(st.Val.Type()) {
				continue
			}
			if _, variable := st.Addr.(*ssa.Alloc); !variable && set.Root(st.Val).Value == ssa.Value(ctx) {
				n++
			}
		}
	}
	return n
}

// used reports whether what a lookup found is put to use where control does not
// go on to the block entering, and the function returns no error there.
func used(found *ssa.Lookup, entering *ssa.BasicBlock) bool {
	values := []ssa.Value{found}
	if found.CommaOk {
		values = nil
		for _, ref := range *found.Referrers() {
			if e, ok := ref.(*ssa.Extract); ok && e.Index == 0 {
				values = append(values, e)
			}
		}
	}
	for _, v := range values {
		for _, ref := range *v.Referrers() {
			switch ref.(type) {
			case *ssa.BinOp, *ssa.Phi, *ssa.DebugRef:
				continue
			}
			if !flow.Reaches(ref.Block(), entering) && succeeds(ref.Block()) {
				return true
			}
		}
	}
	return false
}

// succeeds reports whether a return that b leads to has no error, or one that is
// plainly nil.
func succeeds(b *ssa.BasicBlock) bool {
	for _, r := range b.Parent().Blocks {
		ret, ok := r.Instrs[len(r.Instrs)-1].(*ssa.Return)
		if !ok || b != r && !flow.Reaches(b, r) {
			continue
		}
		k := len(ret.Results) - 1
		if k < 0 || !source.IsError(ret.Results[k].Type()) || isZero(flow.ResultValue(ret.Results[k])) {
			return true
		}
	}
	return false
}

// besideItsCancel reports whether what by stores is a context of its own
// making, whose cancel function went to an owner too.
func besideItsCancel(set *summary.Set, fn *ssa.Function, by ssa.Instruction) bool {
	st, ok := by.(*ssa.Store)
	if !ok {
		return false
	}
	root := set.Root(st.Val)
	for _, c := range set.Creations(fn) {
		if slices.Contains(root.Through, c.Call) && c.Outcome.Has(flow.Held, flow.Returned, flow.Escaped) {
			return true
		}
	}
	return false
}

// storers are the functions that store a context anywhere but in a local
// variable, or call one that does, up to three calls away.
func storers(prog *ssabuild.Program) map[*ssa.Function]bool {
	all := make(map[*ssa.Function]bool)
	var last []*ssa.Function
	for _, fn := range prog.Funcs {
		if storesContext(fn) {
			all[fn] = true
			last = append(last, fn)
		}
	}
	for range 3 {
		var next []*ssa.Function
		for _, fn := range last {
			for _, site := range prog.Callers(fn) {
				if up := site.Parent(); !all[up] {
					all[up] = true
					next = append(next, up)
				}
			}
		}
		last = next
	}
	return all
}

func storesContext(fn *ssa.Function) bool {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Store:
				if _, local := instr.Addr.(*ssa.Alloc); !local && source.IsContext(instr.Val.Type()) {
					return true
				}
			case *ssa.MapUpdate:
				if source.IsContext(instr.Value.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// removals lists the fields and globals that something is removed from, or
// that are set to nil.
func removals(prog *ssabuild.Program) map[any]bool {
	m := make(map[any]bool)
	for _, fn := range prog.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Store:
					if p := flow.PlaceOf(instr.Addr, false); p.Known() && (isZero(instr.Val) || !keepsAll(instr)) {
						m[p.Var] = true
					}
				case ssa.CallInstruction:
					c := instr.Common()
					if b, ok := c.Value.(*ssa.Builtin); ok && (b.Name() == "delete" || b.Name() == "clear") {
						m[flow.PlaceOf(c.Args[0], false).Var] = true
					}
				}
			}
		}
	}
	return m
}

// keepsAll reports whether what st stores has all elements that were there:
// it is no container, a new one, or an append to the old.
func keepsAll(st *ssa.Store) bool {
	switch v := st.Val.(type) {
	case *ssa.Slice:
		return v.Low == nil && v.High == nil
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			s, part := v.Call.Args[0].(*ssa.Slice)
			return !part || s.Low == nil && s.High == nil
		}
	}
	return true
}
