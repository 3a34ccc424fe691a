package summary

import (
	"go/constant"
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
	alone := &flow.Effect{Unchanged: true}
	s.effects[k] = alone // a cycle: judged by the other paths
	if flow.IsPassing(methods) || !flow.Untouched(s, fn, arg, path, methods) {
		s.effects[k] = s.followed(fn, arg, path, methods)
	}
	return s.effects[k]
}

// followed is Effect by following every path.
func (s *Set) followed(fn *ssa.Function, arg int, path string, methods []string) *flow.Effect {
	o := flow.Explore(s, &flow.Subject{
		Fn:      fn,
		Methods: methods,
		Passing: flow.IsPassing(methods),
		Names:   []flow.Start{{Name: flow.Name{Root: fn.Params[arg], Path: path}, Held: strings.ContainsAny(path, "*[")}},
	})
	if o.Overflow != "" && path == "" && flow.IsPassing(methods) {
		s.gaveUp[fn.Params[arg]] = true
	}
	return effect(fn, arg, path, o)
}

// GaveUp reports whether it was too much to follow where p is passed to.
func (s *Set) GaveUp(p *ssa.Parameter) bool { return s.gaveUp[p] }

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
	fails := true     // what leaves it alone fails
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
				succeeds, fails = succeeds && !end.Failed, fails && end.Failed
				e.Forgets = e.Forgets || plainly(end)
			} else {
				dropped = true
			}
		case flow.Unchanged:
			e.Unchanged = true
			succeeds, fails = succeeds && !end.Failed, fails && end.Failed
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
	e.OnSuccess = e.Released && e.Unchanged && fails
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

// otherMethod reports whether fn is a method, but not one of those that release
// an owner: whatever it releases of its receiver, it is not that.
func otherMethod(fn *ssa.Function, releasing []string) bool {
	return len(releasing) > 0 && !flow.IsPassing(releasing) && fn.Signature.Recv() != nil && !slices.Contains(releasing, fn.Name())
}

// importedEffect reads the effect of an imported function from its fact.
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

// Surveys implements flow.Oracle.
func (s *Set) Surveys() *flow.Surveys { return &s.surveys }

// Closed implements flow.Oracle.
func (s *Set) Closed(place flow.Place) bool {
	s.prog.Naming(place.Var)
	if s.closed == nil {
		s.closed = make(map[flow.Place]bool)
		for instr := range s.prog.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if f, ok := call.Common().Value.(*ssa.Builtin); ok && f.Name() == "close" {
				s.closed[flow.PlaceOf(call.Common().Args[0], false)] = true
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

func outermostFunc(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
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
