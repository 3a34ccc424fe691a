package summary

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A RootKind says where a chain of derived contexts begins.
type RootKind int

const (
	FromUnknown RootKind = iota
	FromNothing          // context.Background, TODO, WithoutCancel: it never ends
	FromParam            // a parameter: the caller's context
	FromField            // a field: something that lives on keeps it
	FromGlobal           // a package-level variable
	FromRequest          // (*http.Request).Context
	FromTest             // (testing.TB).Context
)

// A Root is the context from which another was derived.
type Root struct {
	Kind  RootKind
	Value ssa.Value
	// Through are the calls, nearest first, that derived a cancelable
	// context on the way.
	Through []*ssa.Call
}

// Root follows v through the calls that derive a context from another.
func (s *Set) Root(v ssa.Value) Root { return s.root(v, make(map[ssa.Value]bool)) }

func (s *Set) root(v ssa.Value, seen map[ssa.Value]bool) Root {
	r := Root{}
	for v != nil && !seen[v] {
		seen[v] = true
		r.Value = v
		n := flow.Outermost(flow.Name{Root: v})
		if call, ok := n.Root.(*ssa.Call); ok {
			parent, kind := s.derived(call, n.Path)
			switch {
			case kind != FromUnknown:
				r.Kind = kind
				return r
			case parent == nil:
				return r
			}
			r.Through = append(r.Through, call)
			v = parent
			continue
		}
		switch root := n.Root.(type) {
		case *ssa.Parameter:
			if n.Path == "" {
				r.Kind, r.Value = FromParam, root
				return r
			}
			r.Kind = FromField
			return r
		case *ssa.Global:
			r.Kind = FromGlobal
			return r
		case *ssa.Phi:
			return s.longest(root, r, seen)
		case *ssa.Alloc:
			if n.Path == "*" {
				// A captured or spilled variable: the value that it was last
				// set to where that is certain, else the one it begins with.
				if last := storedBefore(v, root); last != nil {
					v = last
				} else {
					v = firstStored(root)
				}
				continue
			}
			switch v = fieldStored(root, n); {
			case v == nil && handedOut(root):
				// Options that others fill in: whose it is, is not known.
			case v == nil:
				r.Kind = FromField
			}
			continue
		case *ssa.MakeInterface:
			v = root.X
			continue
		}
		if n.Path != "" {
			r.Kind = FromField
		}
		return r
	}
	return r
}

// derived returns the context from which the result of call at path is
// derived, or the kind of root that the call itself is.
func (s *Set) derived(call *ssa.Call, path string) (parent ssa.Value, kind RootKind) {
	callee := flow.Resolve(&call.Call)
	if callee.Obj != nil {
		switch source.FullName(callee.Obj) {
		case "context.Background", "context.TODO", "context.WithoutCancel":
			return nil, FromNothing
		case "net/http.Request.Context":
			return nil, FromRequest
		case "testing.common.Context", "testing.TB.Context", "testing.T.Context", "testing.B.Context":
			return nil, FromTest
		}
		if derives, _ := source.Derives(callee.Obj); derives && path == flow.ResultPath(call, 0) {
			return callee.Args[0], FromUnknown
		}
		if o := source.Lookup(callee.Obj); o != nil && o.Ctx >= 0 {
			return callee.Args[o.Parent], FromUnknown
		}
	}
	if callee.Fn == nil {
		return nil, FromUnknown
	}
	for _, r := range s.resultsOf(callee.Fn) {
		if r.Ctx >= 0 && flow.ResultPath(call, r.Ctx) == path && r.Parent >= 0 && r.Parent < len(callee.Args) {
			return callee.Args[r.Parent], FromUnknown
		}
	}
	if d := s.Derives(callee.Fn); d > 0 && d <= len(callee.Args) && path == flow.ResultPath(call, source.ContextResult(callee.Fn.Signature)) {
		return callee.Args[d-1], FromUnknown
	}
	return nil, FromUnknown
}

func (s *Set) resultsOf(fn *ssa.Function) []fact.Result {
	if s.declared(fn) {
		return s.Results(fn)
	}
	if f := s.imported(fn); f != nil {
		return f.Results
	}
	return nil
}

// Derives returns 1 + the parameter from which fn's only result that is a
// context is derived anew at every return, or 0.
func (s *Set) Derives(fn *ssa.Function) int {
	if !s.declared(fn) {
		if f := s.imported(fn); f != nil {
			return f.Derives
		}
		return 0
	}
	if done, ok := s.derives[fn]; ok {
		return done
	}
	s.derives[fn] = 0 // a cycle: as far as is known, it derives nothing
	done := s.derivesAnew(fn)
	s.derives[fn] = done
	return done
}

func (s *Set) derivesAnew(fn *ssa.Function) int {
	k := source.ContextResult(fn.Signature)
	if k < 0 {
		return 0
	}
	param := 0
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		result := flow.ResultValue(ret.Results[k])
		root := s.Root(result)
		p, isParam := root.Value.(*ssa.Parameter)
		if root.Kind != FromParam || !isParam || len(root.Through) == 0 && !s.wrapsValue(result) {
			return 0
		}
		for i, q := range fn.Params {
			if q == p {
				if param != 0 && param != i+1 {
					return 0
				}
				param = i + 1
			}
		}
	}
	return param
}

// wrapsValue reports whether v is made by a call that always derives anew.
func (s *Set) wrapsValue(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	callee := flow.Resolve(&call.Call)
	if callee.Obj != nil {
		if derives, _ := source.Derives(callee.Obj); derives {
			return true
		}
	}
	return callee.Fn != nil && s.Derives(callee.Fn) > 0
}

// longest follows each operand of phi and returns the root that may keep a
// child the longest: one that is shared with others rather than a fresh
// background context.
func (s *Set) longest(phi *ssa.Phi, r Root, seen map[ssa.Value]bool) Root {
	var best Root
	for _, e := range phi.Edges {
		if seen[e] {
			continue
		}
		if c := s.root(e, seen); best.Value == nil || keeps(c.Kind) > keeps(best.Kind) {
			best = c
		}
	}
	best.Through = append(r.Through, best.Through...)
	return best
}

// keeps orders the kinds by how sure it is that others share the root, and so
// that it keeps a child.
func keeps(k RootKind) int {
	switch k {
	case FromNothing:
		return 0
	case FromUnknown:
		return 1
	}
	return 2
}

// storedBefore returns the value that variable a was last set to before load, in
// its function, on every path; nil if there is none.
func storedBefore(load ssa.Value, a *ssa.Alloc) ssa.Value {
	at, ok := load.(*ssa.UnOp)
	if !ok || at.X != a {
		return nil
	}
	var last *ssa.Store
	for _, ref := range *a.Referrers() {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != a || !runsBefore(st, at) {
			continue
		}
		if last == nil || runsBefore(last, st) {
			last = st
		}
	}
	if last == nil {
		return nil
	}
	return last.Val
}

// runsBefore reports whether a has run whenever b does.
func runsBefore(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() {
		instrs := a.Block().Instrs
		return slices.Index(instrs, a) < slices.Index(instrs, b)
	}
	return a.Block().Dominates(b.Block())
}

func firstStored(a *ssa.Alloc) ssa.Value {
	for _, ref := range *a.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == a {
			return st.Val
		}
	}
	return nil
}

// fieldStored returns the only value that is stored, through variable a of its
// function, to the field n of the struct that a is or points to, or nil.
func fieldStored(a *ssa.Alloc, n flow.Name) ssa.Value {
	var only ssa.Value
	for _, b := range a.Parent().Blocks {
		for _, instr := range b.Instrs {
			st, ok := instr.(*ssa.Store)
			if !ok || flow.Outermost(flow.Name{Root: st.Addr, Path: "*"}) != n {
				continue
			}
			if only != nil {
				return nil
			}
			only = st.Val
		}
	}
	return only
}

// handedOut reports whether the address of a, which stays a local variable, is
// given to calls that may set its fields.
func handedOut(a *ssa.Alloc) bool {
	given := false
	for _, ref := range *a.Referrers() {
		switch ref := ref.(type) {
		case ssa.CallInstruction:
			given = true
		case *ssa.Store:
			if ref.Val == a {
				return false
			}
		case *ssa.Return, *ssa.MakeInterface, *ssa.MakeClosure:
			return false
		}
	}
	return given
}

// Releasers returns the functions that load what is in place and release it
// or hand it on.
func (s *Set) Releasers(place flow.Place) map[*ssa.Function]bool {
	if s.releasers == nil {
		s.releasers = make(map[flow.Place]map[*ssa.Function]bool)
	}
	if done, ok := s.releasers[place]; ok {
		return done
	}
	set := make(map[*ssa.Function]bool)
	s.releasers[place] = set
	for _, l := range s.Loads(place) {
		if !set[l.Parent()] && s.loadReleases(l, "", nil) {
			set[l.Parent()] = true
		}
	}
	if len(set) == 0 && s.RangeReleases(place, "", nil) {
		set[nil] = true // some function does; which one does not matter
	}
	return set
}

// Loads returns the instructions that read what is in place.
func (s *Set) Loads(place flow.Place) []ssa.Instruction {
	s.prog.Naming(place.Var)
	if s.loads == nil {
		s.loads = make(map[flow.Place][]ssa.Instruction)
		for instr := range s.prog.Instrs {
			if p := loaded(instr); p.Known() {
				s.loads[p] = append(s.loads[p], instr)
			}
		}
	}
	return s.loads[place]
}

// loaded is the place that instr reads, if it reads one.
func loaded(instr ssa.Instruction) flow.Place {
	switch v := instr.(type) {
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return flow.PlaceOf(v.X, false)
		}
	case *ssa.Field:
		return flow.PlaceOf(v, false)
	case *ssa.Lookup:
		return flow.PlaceOf(v.X, true)
	case *ssa.Index:
		return flow.PlaceOf(v.X, true)
	case *ssa.Extract:
		if n, ok := v.Tuple.(*ssa.Next); ok && v.Index == 2 {
			if r, ok := n.Iter.(*ssa.Range); ok {
				return flow.PlaceOf(r.X, true)
			}
		}
	case *ssa.Call:
		callee := flow.Resolve(&v.Call)
		op := source.AtomicOp(callee.Obj)
		if op != source.NoAtomic && op != source.AtomicStore && op != source.MapStore && len(callee.Args) > 0 {
			return flow.PlaceOf(callee.Args[0], op >= source.MapLoad)
		}
	}
	return flow.Place{}
}

// loadReleases reports whether the value that l reads, or what is inside it
// by path, is released or handed on from there on some path.
func (s *Set) loadReleases(l ssa.Instruction, path string, methods []string) bool {
	v := l.(ssa.Value)
	name := flow.Name{Root: v, Path: path}
	switch x := v.(type) {
	case *ssa.Lookup:
		if x.CommaOk {
			name.Path = "" // named through its Extract
			return s.anyExtract(x, path, methods)
		}
	case *ssa.Call:
		if _, tuple := x.Type().(*types.Tuple); tuple {
			name.Path = "#0;" + path
		} else if path == "" && !types.IsInterface(x.Type()) {
			name.Path = "*" // a pointer to the function
		}
	}
	return s.takenOver(l, name, methods)
}

func (s *Set) anyExtract(x ssa.Value, path string, methods []string) bool {
	for _, ref := range *x.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && e.Index == 0 && s.takenOver(e, flow.Name{Root: e, Path: path}, methods) {
			return true
		}
	}
	return false
}

func (s *Set) takenOver(at ssa.Instruction, name flow.Name, methods []string) bool {
	o := flow.Explore(s, &flow.Subject{Fn: at.Parent(), After: at, Names: []flow.Start{{Name: name}}, Methods: methods})
	if o.Overflow != "" || o.Has(flow.Released, flow.Escaped) {
		return true
	}
	// Kept elsewhere, or returned by a function of this package: it depends
	// on what becomes of it there.
	for _, end := range o.Ends {
		if end.Kind != flow.Returned && end.Kind != flow.Held {
			continue
		}
		for _, n := range end.Names {
			if !n.First.Known() || s.placeReleased(n.First) {
				return true
			}
		}
		if end.Kind == flow.Returned && len(end.Names) == 0 && s.resultReleased(at.Parent(), end.Results, methods) {
			return true
		}
	}
	return false
}

// placeReleased reports whether anything that reads place releases it. A place
// that is being asked about already counts as not released.
func (s *Set) placeReleased(place flow.Place) bool {
	if done, ok := s.released[place]; ok {
		return done
	}
	s.released[place] = place.Var.Exported()
	if !s.released[place] {
		s.released[place] = len(s.Releasers(place)) > 0
	}
	return s.released[place]
}

// resultReleased reports whether a caller of fn releases its results, or may:
// other packages can call fn, or it is used as a value.
func (s *Set) resultReleased(fn *ssa.Function, results []flow.Result, methods []string) bool {
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Exported() || len(s.prog.Mentions(fn)) > 0 || s.asking[fn] {
		return !s.asking[fn]
	}
	s.asking[fn] = true
	defer delete(s.asking, fn)
	for _, site := range s.prog.Callers(fn) {
		call, ok := site.(*ssa.Call)
		if !ok {
			continue
		}
		for _, r := range results {
			if s.takenOver(call, flow.Name{Root: call, Path: flow.ResultPath(call, r.Index) + r.Path}, methods) {
				return true
			}
		}
	}
	return false
}

// CallersRelease reports whether what c made, which fn returns at e, is released
// by those who get it: it is an owner with methods for that, or some caller in
// the package calls it.
func (s *Set) CallersRelease(fn *ssa.Function, c *Creation, e flow.End) bool {
	for _, r := range s.Results(fn) {
		if len(r.Methods) > 0 && slices.ContainsFunc(e.Results, func(x flow.Result) bool { return x.Index == r.Index }) {
			return true
		}
	}
	return slices.ContainsFunc(s.prog.Callers(fn), func(site ssa.CallInstruction) bool {
		call, ok := site.(*ssa.Call)
		return ok && slices.ContainsFunc(e.Results, func(r flow.Result) bool {
			return s.takenOver(call, flow.Name{Root: call, Path: flow.ResultPath(call, r.Index) + r.Path}, c.Result.Methods)
		})
	})
}

// LoadReleases is loadReleases for the rules.
func (s *Set) LoadReleases(l ssa.Instruction, path string, methods []string) bool {
	return s.loadReleases(l, path, methods)
}
