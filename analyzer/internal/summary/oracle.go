package summary

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Set answers the questions that flow has about other functions.
var _ flow.Oracle = (*Set)(nil)

// maxCalls bounds how far a value is followed from call to call, and
// maxQuestions how many different values one function is asked about. Past
// them the callee counts as unknown: it takes over.
const (
	maxCalls     = 12
	maxQuestions = 48
)

// Effect implements flow.Oracle.
func (s *Set) Effect(fn *ssa.Function, arg int, path string, methods []string) *flow.Effect {
	if !s.inPackage(fn) {
		e := s.importedEffect(fn, arg, path)
		if arg == 0 && path == "" && otherMethod(fn, methods) {
			if e == nil || len(e.Returned) == 0 {
				return nil
			}
			return &flow.Effect{Unchanged: true, Returned: e.Returned} // for a chain of calls
		}
		return e
	}
	if arg >= len(fn.Params) {
		return nil
	}
	k := effectKey{fn, arg, path, strings.Join(methods, ",")}
	if e, ok := s.effects[k]; ok {
		return e
	}
	if s.depth >= maxCalls || s.asked[fn] >= maxQuestions {
		return nil
	}
	s.depth++
	s.asked[fn]++
	defer func() { s.depth-- }()
	s.effects[k] = &flow.Effect{Unchanged: true} // a cycle: judged by the other paths
	subject := &flow.Subject{
		Fn:      fn,
		Methods: methods,
		Passing: flow.IsPassing(methods),
		Names:   []flow.Start{{Name: flow.Name{Root: fn.Params[arg], Path: path}, Held: strings.ContainsAny(path, "*[")}},
	}
	e := effect(fn, arg, path, flow.Explore(s, subject))
	s.effects[k] = e
	return e
}

// effect sums up what becomes of the value that fn is given.
func effect(fn *ssa.Function, arg int, path string, o *flow.Outcome) *flow.Effect {
	if o.Overflow != "" {
		return &flow.Effect{Escaped: true}
	}
	e := &flow.Effect{Waited: true}
	plainly := func(end flow.End) bool { return !end.Asked }
	given := flow.Name{Root: fn.Params[arg], Path: path}
	dropped, kept := false, false
	onFailure := true // every release goes on from an error
	succeeds := true  // what leaves it alone does not fail
	for _, end := range o.Ends {
		switch end.Kind {
		case flow.Released:
			e.Released = true
			e.Waited = e.Waited && end.Waited
			onFailure = onFailure && end.Failing
		case flow.Escaped:
			e.Escaped = true
		case flow.Lost:
			// A plain argument that is not used is still the caller's.
			if !strings.ContainsAny(path, "*[") || end.By == nil {
				e.Unchanged = true
				succeeds = succeeds && !end.Failed
				e.Forgets = e.Forgets || plainly(end)
			} else {
				dropped = true
			}
		case flow.Unchanged:
			e.Unchanged = true
			succeeds = succeeds && !end.Failed
			e.Returned = mergeResults(e.Returned, end.Results)
			e.Forgets = e.Forgets || plainly(end)
		case flow.Settled:
			// Nothing to release there.
		case flow.Held, flow.Returned:
			kept = true
			for _, n := range end.Names {
				if end.Kind == flow.Held && n.Name != given {
					e.Held = append(e.Held, heldBy(fn, n))
				}
			}
			e.Returned = mergeResults(e.Returned, end.Results)
		}
	}
	e.Dropped = dropped && !kept && !e.Unchanged && !e.Released && !e.Escaped
	e.Waited = e.Waited && e.Released
	e.Forgets = e.Forgets || e.Released && e.Unchanged && onFailure
	e.OnFailure = e.Released && onFailure && succeeds
	e.OnlyIfRoom = onlyIfRoom(fn, o.Ends)
	e.Reports = e.Released && e.Unchanged && !e.Escaped && len(e.Held) == 0 && reports(fn, o)
	return e
}

// reports reports whether fn's last result tells whether it released: every
// path that leaves the value alone returns no error (or true), and every return
// behind a release returns something else. An error alone tells only where the
// release answers one: a Close that does nothing the second time, and else
// returns what some other Close does, is no end of a stream.
//
//	func (s *Stream) Recv() (Item, error) // releases at the end of the stream
//	func (r *Rows) Next() bool
func reports(fn *ssa.Function, o *flow.Outcome) bool {
	k := fn.Signature.Results().Len() - 1
	if k < 0 {
		return false
	}
	t := fn.Signature.Results().At(k).Type()
	isErr := source.IsError(t)
	if b, ok := t.Underlying().(*types.Basic); !isErr && (!ok || b.Kind() != types.Bool) {
		return false
	}
	for _, e := range o.Ends {
		switch e.Kind {
		case flow.Unchanged, flow.Lost, flow.Returned:
			if isErr && !e.Succeeded || !isErr && !slices.Contains(e.True, k) {
				return false
			}
		case flow.Released:
			if e.Defer != nil || e.At.Parent() != fn || !endsAfter(e.At, k, isErr) || isErr && k == 0 && !e.Failing {
				return false
			}
		}
	}
	return true
}

// endsAfter reports whether every return that can follow at has a result k that
// is false, or an error that is not plainly nil.
func endsAfter(at ssa.Instruction, k int, isErr bool) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{at.Block()}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b] {
			continue
		}
		seen[b] = true
		work = append(work, b.Succs...)
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		c, isConst := flow.ResultValue(ret.Results[k]).(*ssa.Const)
		if isErr && isConst && c.Value == nil || !isErr && !(isConst && c.Value != nil && !constant.BoolVal(c.Value)) {
			return false
		}
	}
	return true
}

// mergeResults adds results to all, without the values of the callee.
func mergeResults(all, results []flow.Result) []flow.Result {
	for _, r := range results {
		if !slices.ContainsFunc(all, func(o flow.Result) bool { return o.Index == r.Index && o.Path == r.Path }) {
			all = append(all, flow.Result{Index: r.Index, Path: r.Path})
		}
	}
	return all
}

// heldBy says, seen from a caller, where fn keeps a value.
func heldBy(fn *ssa.Function, n flow.Reach) flow.HeldBy {
	h := flow.HeldBy{Arg: -1, Path: n.Path, Place: n.Place, Inner: n.Inner, First: n.First, By: n.By}
	switch root := n.Root.(type) {
	case *ssa.Parameter:
		h.Arg = slices.Index(fn.Params, root)
	case *ssa.Global:
		h.Global = root
	}
	return h
}

// importedEffect reads the effect of an imported function from its fact.
// otherMethod reports whether fn is a method, but not one of those that release
// an owner: whatever it releases of its receiver, it is not that.
func otherMethod(fn *ssa.Function, releasing []string) bool {
	return len(releasing) > 0 && !flow.IsPassing(releasing) && fn.Signature.Recv() != nil && !slices.Contains(releasing, fn.Name())
}

func (s *Set) importedEffect(fn *ssa.Function, arg int, path string) *flow.Effect {
	f := s.imported(fn)
	if f == nil {
		return nil
	}
	for _, p := range f.Params {
		if p.Arg == arg && path == "" {
			e := &flow.Effect{Released: p.Releases, Unchanged: p.Leaves}
			for _, i := range p.Returns {
				e.Returned = append(e.Returned, flow.Result{Index: i})
			}
			return e
		}
	}
	return nil
}

// NoReturn implements flow.Oracle: fn never returns if every path from its
// entry ends in a panic or in a call that never returns.
func (s *Set) NoReturn(fn *ssa.Function) bool {
	if done, ok := s.noReturn[fn]; ok {
		return done
	}
	if obj, ok := fn.Object().(*types.Func); ok && source.NeverReturns(obj) {
		return true
	}
	if !s.declared(fn) {
		f := s.imported(fn)
		return f != nil && f.NoReturn
	}
	s.noReturn[fn] = false
	// A recovered panic returns.
	done := fn.Recover == nil && !s.returns(fn)
	s.noReturn[fn] = done
	return done
}

// returns reports whether a return of fn can be reached from its entry.
func (s *Set) returns(fn *ssa.Function) bool {
	seen := make([]bool, len(fn.Blocks))
	work := []*ssa.BasicBlock{fn.Blocks[0]}
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[b.Index] {
			continue
		}
		seen[b.Index] = true
		if !slices.ContainsFunc(b.Instrs, s.stops) {
			if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok {
				return true
			}
			work = append(work, b.Succs...)
		}
	}
	return false
}

// stops reports whether instr is a call that never returns.
func (s *Set) stops(instr ssa.Instruction) bool {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return false
	}
	c := flow.Resolve(&call.Call)
	return c.Fn != nil && s.NoReturn(c.Fn)
}

// Pure implements flow.Oracle: fn only reads.
func (s *Set) Pure(fn *ssa.Function) bool {
	if done, ok := s.pure[fn]; ok {
		return done
	}
	if !s.declared(fn) || len(fn.Blocks) > 8 {
		return false
	}
	s.pure[fn] = false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.MapUpdate, *ssa.Send, *ssa.Go, *ssa.Select, *ssa.Panic:
				return false
			case *ssa.Store:
				if _, variable := instr.Addr.(*ssa.Alloc); !variable {
					return false
				}
			case *ssa.Defer:
				if !locks(&instr.Call) {
					return false
				}
			case *ssa.Call:
				if c := flow.Resolve(&instr.Call); !locks(&instr.Call) && (c.Fn == nil || !s.Pure(c.Fn)) {
					if b, ok := instr.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" {
						return false
					}
				}
			case *ssa.UnOp:
				if instr.Op.String() == "<-" {
					return false
				}
			}
		}
	}
	s.pure[fn] = true
	return true
}

// Gets implements flow.Oracle: fn is
//
//	func (s *S) Err() error { return s.err }
//
// with a lock around it, perhaps.
func (s *Set) Gets(fn *ssa.Function) (arg int, path string, ok bool) {
	if !s.declared(fn) || !s.Pure(fn) {
		return 0, "", false
	}
	arg, path, ok = parameterOf(fn, onlyResult(fn))
	return arg, path, ok && strings.Contains(path, ".")
}

// TestsNil implements flow.Oracle: fn is
//
//	func (s *S) Started() bool { return s.cancel != nil }
//
//	func (s *S) Has(id string) bool { _, ok := s.entries[id]; return ok }
//
// with a lock around it, perhaps.
func (s *Set) TestsNil(fn *ssa.Function) (arg int, path string, null, ok bool) {
	if !s.declared(fn) || !s.Pure(fn) {
		return 0, "", false, false
	}
	if cell := presenceTest(fn); cell.Root != nil {
		n := flow.Outermost(cell)
		p, ok := n.Root.(*ssa.Parameter)
		return slices.Index(fn.Params, p), n.Path, false, ok && p.Parent() == fn
	}
	x, null := nilTest(fn)
	arg, path, ok = parameterOf(fn, x)
	return arg, path, null, ok && path != ""
}

// presenceTest is the entry of a map of which fn returns whether it is there; its
// Root is nil where fn does anything else.
func presenceTest(fn *ssa.Function) (cell flow.Name) {
	found, ok := onlyResult(fn).(*ssa.Extract)
	if !ok || found.Index != 1 {
		return flow.Name{}
	}
	if l, ok := found.Tuple.(*ssa.Lookup); ok {
		return flow.MapCell(l.X, l.Index)
	}
	return flow.Name{}
}

// TestsEnd implements flow.Oracle: fn is
//
//	func (s *S) alive() bool { return s.ctx.Err() == nil }
//
// or tells by a select whether the context is done.
func (s *Set) TestsEnd(fn *ssa.Function) (arg int, path string, ended, ok bool) {
	if !s.declared(fn) || len(fn.Blocks) > 3 {
		return 0, "", false, false
	}
	ctx, ended := doneTest(fn)
	if x, null := nilTest(fn); len(fn.Blocks) == 1 && x != nil {
		ctx, ended = flow.AskedOf(x, "Err"), !null
	}
	arg, path, ok = parameterOf(fn, ctx)
	return arg, path, ended, ok
}

// doneTest is the context of which fn returns whether it is done (ended), or is not:
// nil where fn does anything else.
//
//	select {
//	case <-s.ctx.Done():
//		return true
//	default:
//		return false
//	}
func doneTest(fn *ssa.Function) (ctx ssa.Value, ended bool) {
	branch, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.If)
	if !ok {
		return nil, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok {
		return nil, false
	}
	sel, _, ok := flow.SelectCase(cmp)
	if !ok || cmp.Op != token.EQL || sel.Blocking || len(sel.States) != 1 || sel.States[0].Dir != types.RecvOnly {
		return nil, false
	}
	done, otherwise := returnsBool(fn.Blocks[0].Succs[0]), returnsBool(fn.Blocks[0].Succs[1])
	if done == nil || otherwise == nil || *done == *otherwise {
		return nil, false
	}
	return flow.AskedOf(sel.States[0].Chan, "Done"), *done
}

// returnsBool is the only thing that b does: it returns it. It is nil where b does
// anything else.
func returnsBool(b *ssa.BasicBlock) *bool {
	ret, ok := b.Instrs[0].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	c, ok := ret.Results[0].(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Bool {
		return nil
	}
	truth := constant.BoolVal(c.Value)
	return &truth
}

// nilTest is what fn compares with nil to return whether it is nil (null), or is not:
// x is nil where fn does anything else.
func nilTest(fn *ssa.Function) (x ssa.Value, null bool) {
	only, ok := onlyResult(fn).(*ssa.BinOp)
	if !ok || only.Op != token.EQL && only.Op != token.NEQ {
		return nil, false
	}
	if c, isConst := only.Y.(*ssa.Const); !isConst || c.Value != nil {
		return nil, false
	}
	return only.X, only.Op == token.EQL
}

// onlyResult is the only value that fn returns, where it has one result and decides
// nothing on the way, or nil.
func onlyResult(fn *ssa.Function) ssa.Value {
	if fn.Signature.Results().Len() != 1 {
		return nil
	}
	var only ssa.Value
	for _, b := range fn.Blocks {
		switch last := b.Instrs[len(b.Instrs)-1].(type) {
		case *ssa.If:
			return nil
		case *ssa.Return:
			if b != fn.Recover {
				only = flow.ResultValue(last.Results[0])
			}
		}
	}
	return only
}

// parameterOf finds the parameter of fn from which path leads to x.
func parameterOf(fn *ssa.Function, x ssa.Value) (arg int, path string, ok bool) {
	if x == nil {
		return 0, "", false
	}
	n := flow.Outermost(flow.Name{Root: x})
	p, ok := n.Root.(*ssa.Parameter)
	if !ok || p.Parent() != fn { // one of a function around it
		return 0, "", false
	}
	return slices.Index(fn.Params, p), n.Path, true
}

// Surveys implements flow.Oracle.
func (s *Set) Surveys() *flow.Surveys { return &s.surveys }

// locks reports whether c locks or unlocks a mutex.
func locks(c *ssa.CallCommon) bool {
	f := c.StaticCallee()
	if f == nil {
		return false
	}
	obj, _ := f.Object().(*types.Func)
	return source.Locks(obj) || source.Unlocks(obj)
}

// Closed implements flow.Oracle.
func (s *Set) Closed(place flow.Place) bool {
	s.prog.Naming(place.Var)
	if s.closed == nil {
		s.closed = make(map[flow.Place]bool)
		for _, fn := range s.prog.Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					call, ok := instr.(ssa.CallInstruction)
					if !ok {
						continue
					}
					if f, ok := call.Common().Value.(*ssa.Builtin); ok && f.Name() == "close" {
						s.closed[flow.PlaceOf(call.Common().Args[0], false)] = true
					}
				}
			}
		}
	}
	return s.closed[place]
}

// Kept implements flow.Oracle.
func (s *Set) Kept(call *ssa.Call) bool {
	return slices.ContainsFunc(s.Creations(call.Parent()), func(c *Creation) bool {
		return c.Call == call && c.Outcome.Has(flow.Held, flow.Returned, flow.Escaped)
	})
}

// Fresh implements flow.Oracle.
func (s *Set) Fresh(fn *ssa.Function, i int) bool {
	if !s.inPackage(fn) {
		return false
	}
	found := false
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			continue
		}
		switch v := flow.ResultValue(ret.Results[i]).(type) {
		case *ssa.Const:
		case *ssa.Alloc:
			if flow.EscapesBefore(v, ret) {
				return false
			}
			found = true
		default:
			return false
		}
	}
	return found
}

// Method implements flow.Oracle: the dynamic type is known where the
// interface value was made in this function.
func (s *Set) Method(v ssa.Value, method *types.Func) *ssa.Function {
	for {
		c, ok := v.(*ssa.ChangeInterface)
		if !ok {
			break
		}
		v = c.X
	}
	m, ok := v.(*ssa.MakeInterface)
	if !ok {
		return nil
	}
	t := m.X.Type()
	sel := s.prog.Pkg.Prog.MethodSets.MethodSet(t).Lookup(method.Pkg(), method.Name())
	if sel == nil {
		return nil
	}
	fn := s.methodOf(sel)
	if fn != nil && fn.Origin() != nil {
		fn = fn.Origin()
	}
	return fn
}

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
		for _, fn := range s.prog.Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
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
		return o.Overflow == "" && slices.ContainsFunc(o.Ends, func(e flow.End) bool {
			return e.Kind == flow.Held && slices.ContainsFunc(e.Names, func(n flow.Reach) bool { return n.Place == place })
		})
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
		for _, fn := range s.prog.Funcs {
			for _, b := range fn.Blocks {
				for _, instr := range b.Instrs {
					if st, ok := instr.(*ssa.Store); ok {
						if p := flow.PlaceOf(st.Addr, false); p.Known() {
							s.fields[p.Var] = append(s.fields[p.Var], st)
						}
					}
				}
			}
		}
	}
	return s.fields[field]
}

func outermostFunc(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// freshBase reports whether addr is in an object that its function made.
func freshBase(addr ssa.Value) bool {
	_, ok := flow.Outermost(flow.Name{Root: addr, Path: "*"}).Root.(*ssa.Alloc)
	return ok
}

// Releases reports whether fn, or what it calls to the given depth, releases
// what is in place.
func (s *Set) Releases(fn *ssa.Function, place flow.Place, depth int) bool {
	if s.Releasers(place)[fn] {
		return true
	}
	if depth == 0 || !s.inPackage(fn) {
		return false
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok {
				if c := flow.Resolve(call.Common()); c.Fn != nil && c.Fn != fn && s.Releases(c.Fn, place, depth-1) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(a *ssa.Function) bool { return s.Releases(a, place, depth-1) })
}
