package flow

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

// transfer is the effect of one instruction. No state: the path ends there.
func (r *run) transfer(instr ssa.Instruction, s *state) []*state {
	if v, ok := instr.(ssa.Value); ok {
		var appended []item
		if call, ok := v.(*ssa.Call); ok {
			// Before the redefinition: in a loop, one argument is the
			// result of the turn before.
			appended = s.appended(call)
		}
		s = s.redefined(v).add(appended...)
	}
	switch instr := instr.(type) {
	case *ssa.Store:
		return r.store(instr, s)
	case *ssa.MapUpdate:
		n := Name{instr.Map, key(instr.Key)}
		values := s.under(Name{instr.Value, ""})
		s = s.overwrite(n, instr)
		return r.put(instr, s, n, values, PlaceOf(instr.Map, true))
	case *ssa.Send:
		if !r.subject.Passing && len(s.owedUnder(Name{instr.X, ""})) > 0 {
			r.end(End{Kind: Escaped, At: instr})
			return nil
		}
	case *ssa.UnOp:
		switch instr.Op {
		case token.MUL:
			return []*state{s.follow(instr)}
		case token.ARROW:
			if r.doneOfSelf(s, instr.X) {
				r.end(End{Kind: Settled, At: instr})
				return nil
			}
			s = r.wait(s, instr.X)
		}
	case *ssa.Lookup:
		return []*state{s.follow(instr)}
	case *ssa.Extract:
		return []*state{s.follow(instr)}
	case *ssa.Select:
		if instr.Blocking {
			if len(instr.States) > 0 && !slices.ContainsFunc(instr.States, func(st *ssa.SelectState) bool {
				return st.Dir == types.RecvOnly && r.doneOfSelf(s, st.Chan)
			}) {
				s = r.wait(s, instr.States[0].Chan)
			}
		}
	case *ssa.Range:
		if !r.subject.Passing && len(s.owedUnder(Name{instr.X, ""})) > 0 && r.drains(s, instr.X) {
			r.end(End{Kind: Released, At: instr})
			return nil
		}
	case *ssa.MakeClosure:
		if !r.subject.Passing {
			return r.capture(instr, s)
		}
	case *ssa.Slice:
		if EmptySlice(instr) {
			return []*state{s}
		}
	case *ssa.Call:
		return r.call(instr, s)
	case *ssa.Defer:
		return r.deferred(instr, s)
	case *ssa.Go:
		return r.spawn(instr, s)
	case *ssa.RunDefers:
		return r.runDefers(s)
	}
	return []*state{s}
}

// follow gives the value that v loads the names that its memory had, so that
// they survive a later store to that memory.
func (s *state) follow(v ssa.Value) *state {
	out, cut, ok := outward(Name{v, ""})
	if !ok || !cut {
		return s
	}
	found := s.under(out)
	for i := range found {
		found[i].Name = Name{v, found[i].Path}
		found[i].held = false
	}
	return s.add(found...)
}

// wait notes that a goroutine waits for a channel that this function neither
// made nor set a timer on: whether it goes on is up to others.
func (r *run) wait(s *state, ch ssa.Value) *state {
	if r.spawned == 0 || s.waited {
		return s
	}
	n := s.outermost(Name{ch, ""})
	switch v := n.Root.(type) {
	case *ssa.MakeChan:
		return s
	case *ssa.Alloc:
		if n.Path == "*" && !holdsParameter(v) { // a local channel variable
			return s
		}
	case *ssa.Call:
		if f := v.Call.StaticCallee(); f != nil && f.Pkg != nil && f.Pkg.Pkg.Path() == "time" {
			return s
		}
	}
	if c, ok := ch.Type().Underlying().(*types.Chan); ok && c.Elem().String() == "time.Time" {
		return s
	}
	return s.with(func(c *state) { c.waited = true })
}

// holdsParameter reports whether a is the memory of a captured parameter.
func holdsParameter(a *ssa.Alloc) bool {
	for _, ref := range referrers(a) {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == a {
			if _, param := st.Val.(*ssa.Parameter); param {
				return true
			}
		}
	}
	return false
}

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
	if old := r.loads[operand{o.Root, o.Path}]; len(old) > 0 {
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
	for i := 0; i < len(path); i++ {
		if c := path[i]; c >= 'a' && c <= 'z' && (i == 0 || path[i-1] == ';' || path[i-1] == '*') {
			return path[:i]
		}
	}
	return path
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
	held := r.outlives(s.outermost(n), instr)
	if r.subject.Passing && (held == unknownLife || held == yes && !place.Known()) {
		return []*state{s}
	}
	if held == unknownLife || held == yes && !place.Known() {
		if slices.ContainsFunc(values, func(it item) bool { return it.kind == owed }) {
			r.end(End{Kind: Escaped, At: instr})
			return nil
		}
		return []*state{s}
	}
	var added []item
	names := append(r.holders(s, n, instr), s.names(n)...)
	for i, name := range names {
		// Only the outermost name holds: the others are ways that lead
		// there until the memory they were loaded from is stored over.
		held := held == yes && i == len(names)-1
		for _, v := range values {
			p, inner := place, v.Path
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
			added = append(added, item{name.step(v.Path), v.kind, held && v.kind == owed, p, inner, by, first})
		}
	}
	s = s.add(added...)
	if a, ok := s.outermost(n).Root.(*ssa.Alloc); ok && !r.subject.Passing && r.capturedEarlier(s, a, instr) {
		r.end(End{Kind: Escaped, At: instr})
		return nil
	}
	return []*state{s}
}

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
			if !ok || st.Val != pointer.Root || dominatedBy(st, at) || len(all) >= 4 {
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

type life int

const (
	no life = iota
	yes
	unknownLife
)

// outlives reports whether the memory n is still there when the function has
// returned.
func (r *run) outlives(n Name, at ssa.Instruction) life {
	switch root := n.Root.(type) {
	case *ssa.Alloc:
		if !within(root.Parent(), r.subject.Fn) {
			return unknownLife // a variable of an enclosing function
		}
		if EscapesBefore(root, at) {
			return yes
		}
		return no
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeChan:
		if EscapesBefore(root, at) {
			return unknownLife
		}
		return no
	case *ssa.Global:
		return yes
	case *ssa.Parameter:
		return yes
	case *ssa.Call:
		if b, ok := root.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			return no
		}
		if c := Resolve(&root.Call); c.Fn != nil && r.oracle.Fresh(c.Fn, resultIndex(n.Path)) && !EscapesBefore(root, at) {
			return no
		}
		return yes
	case *ssa.Phi:
		if slices.IndexFunc(root.Edges, func(e ssa.Value) bool { _, fresh := e.(*ssa.Alloc); return !fresh }) < 0 {
			return no
		}
		return yes
	case *ssa.Const:
		return no
	case *ssa.FreeVar:
		return unknownLife
	}
	return yes
}

// resultIndex is the result that a path from a call starts with.
func resultIndex(path string) int {
	if rest, ok := strings.CutPrefix(path, "#"); ok {
		i, _ := strconv.Atoi(rest[:strings.IndexByte(rest, ';')])
		return i
	}
	return 0
}

// within reports whether fn is outer or a function literal inside it.
func within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// EscapesBefore reports whether v was stored into memory that others see, or
// sent, by an instruction that may run before at.
func EscapesBefore(v ssa.Value, at ssa.Instruction) bool {
	if v.Parent() != at.Parent() {
		return false
	}
	var reach map[*ssa.BasicBlock]bool
	earlier := func(instr ssa.Instruction) bool {
		if instr.Block() == at.Block() {
			b := at.Block().Instrs
			if slices.Index(b, instr) < slices.Index(b, at) {
				return true
			}
		}
		if reach == nil {
			reach = make(map[*ssa.BasicBlock]bool)
			for _, p := range at.Block().Preds {
				for b := range reachedFrom(p) {
					reach[b] = true
				}
			}
		}
		return reach[instr.Block()]
	}
	seen := map[ssa.Value]bool{}
	var visit func(v ssa.Value) bool
	visit = func(v ssa.Value) bool {
		if seen[v] || v.Referrers() == nil {
			return false
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store:
				if ref.Val == v && earlier(ref) {
					root := Outermost(Name{ref.Addr, "*"}).Root
					if a, local := root.(*ssa.Alloc); !local || visit(a) {
						return true
					}
				}
			case *ssa.MapUpdate:
				if ref.Value == v && earlier(ref) {
					return true
				}
			case *ssa.Send:
				if ref.X == v && earlier(ref) {
					return true
				}
			case *ssa.MakeInterface, *ssa.ChangeType, *ssa.Phi, *ssa.ChangeInterface, *ssa.Slice:
				if visit(ref.(ssa.Value)) {
					return true
				}
			case *ssa.Call:
				if b, ok := ref.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" && visit(ref) {
					return true
				}
			}
		}
		return false
	}
	return visit(v)
}

// PlaceOf returns the place that the address (or, for a container, the value)
// v denotes.
func PlaceOf(v ssa.Value, elem bool) Place {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		return Place{FieldVar(v.X.Type(), v.Field), elem}
	case *ssa.Field:
		return Place{FieldVar(v.X.Type(), v.Field), elem}
	case *ssa.Global:
		obj, _ := v.Object().(*types.Var)
		return Place{obj, elem}
	case *ssa.IndexAddr:
		return PlaceOf(v.X, true)
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return PlaceOf(v.X, elem)
		}
	case *ssa.Lookup:
		return PlaceOf(v.X, true)
	case *ssa.Slice:
		return PlaceOf(v.X, true)
	case *ssa.ChangeType:
		return PlaceOf(v.X, elem)
	case *ssa.Alloc:
		// The copy of an array that a range goes over.
		if load := copied(v); load != nil {
			return PlaceOf(load.X, elem)
		}
	}
	return Place{}
}

// copied returns the load whose value, an array, is all that a ever holds.
func copied(a *ssa.Alloc) *ssa.UnOp {
	if _, ok := a.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array); !ok {
		return nil
	}
	var only *ssa.UnOp
	for _, ref := range referrers(a) {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != a {
			continue
		}
		load, ok := st.Val.(*ssa.UnOp)
		if !ok || only != nil || Outermost(Name{load, ""}).Root == a {
			return nil
		}
		only = load
	}
	return only
}

// FieldVar returns field i of the struct that t is or points to, as declared.
func FieldVar(t types.Type, i int) *types.Var {
	if p, ok := types.Unalias(t).Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := types.Unalias(t).Underlying().(*types.Struct)
	if !ok {
		// A type parameter's core type.
		if tp, is := types.Unalias(t).(*types.TypeParam); is {
			if iface, is := tp.Underlying().(*types.Interface); is && iface.NumEmbeddeds() == 1 {
				st, _ = iface.EmbeddedType(0).Underlying().(*types.Struct)
			}
		}
		if st == nil {
			return nil
		}
	}
	return st.Field(i).Origin()
}

// guard judges a test of another field of the object in which an old value is
// looked for. A test that the function itself makes come out the other way
// next time (a started flag, a state, a pointer that is set) lets the store
// behind it run once for each value.
func (r *run) guard(s *state, n Name, k *ssa.Const, truth bool) outcome {
	base := r.subject.Base
	if base.Root == nil {
		return feasible
	}
	n = s.outermost(n)
	if n.Root != base.Root {
		return feasible
	}
	rest, ok := Covers(base.Path, n.Path)
	if !ok || rest == "" {
		return feasible
	}
	for _, st := range r.stores {
		if s.outermost(Name{st.Addr, "*"}) != n {
			continue
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
		if closes(st.Val) && !r.oracle.Reopened(PlaceOf(st.Addr, false).Var, func(v ssa.Value) bool { return !closes(v) }, r.subject.Place) {
			return settled
		}
	}
	return feasible
}

// guardCall judges a test by an atomic operation: compare-and-swap succeeds,
// or a swap finds the flag unset, once.
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
	}
	if n := s.outermost(Name{call.Call.Args[0], "*"}); once && n.Root == base.Root {
		return settled
	}
	return feasible
}

// storesIn lists the stores of fn and of the function literals inside it.
func storesIn(fn *ssa.Function) []*ssa.Store {
	var all []*ssa.Store
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if st, ok := instr.(*ssa.Store); ok {
				all = append(all, st)
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		all = append(all, storesIn(anon)...)
	}
	return all
}
