package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// call transfers a call that is executed at once.
func (r *run) call(instr *ssa.Call, s *state) []*state {
	return r.invoke(instr, s)
}

// invoke applies a call instruction's effect, be it called, deferred or
// started in a goroutine.
func (r *run) invoke(instr ssa.CallInstruction, s *state) []*state {
	c := instr.Common()
	if instr == r.subject.Ignore {
		return []*state{s}
	}
	if b, ok := c.Value.(*ssa.Builtin); ok {
		return r.builtin(instr, b.Name(), c.Args, s)
	}
	callee := Resolve(c)
	if _, now := instr.(*ssa.Call); now && callee.Fn != nil && !callee.Literal && r.oracle.NoReturn(callee.Fn) {
		return nil
	}
	if r.subject.Passing {
		return r.passed(instr, callee, s)
	}
	s = r.sameContext(instr, callee, s.share(instr, callee))
	if source.FullName(callee.Obj) == "sync.WaitGroup.Wait" {
		s = s.ended(nil)
	}
	if !c.IsInvoke() && !callee.Literal && s.holds(owed, Name{c.Value, ""}) {
		return r.released(instr, s)
	}
	if r.endsAbove(callee, c, s) {
		r.end(s.path(End{Kind: Settled, At: instr, above: true}))
		return nil
	}
	if callee.Literal {
		if !r.concerns(callee.Closure, s) && s.has(Name{c.Value, ""}, func(it item) bool { return it.back }) {
			return r.released(instr, s) // by what it captured in an earlier turn
		}
		return r.literal(instr, callee, s)
	}
	if c.IsInvoke() {
		if m := r.oracle.Method(c.Value, c.Method); m != nil {
			callee = Callee{Fn: m, Obj: c.Method, Args: append([]ssa.Value{c.Value}, c.Args...)}
		} else {
			return r.dynamic(instr, c, s)
		}
	}
	if callee.Fn == nil {
		return r.unknown(instr, callee.Args, s)
	}
	return r.static(instr, callee, s)
}

// endsAbove reports whether the call releases a context above the one that is
// followed: that ends it as well.
func (r *run) endsAbove(callee Callee, c *ssa.CallCommon, s *state) bool {
	if !slices.ContainsFunc(s.items, func(it item) bool { return it.kind == above }) {
		return false
	}
	if !c.IsInvoke() && !callee.Literal && s.holds(above, Name{c.Value, ""}) {
		return true
	}
	if callee.Fn == nil {
		return false
	}
	for i, arg := range callee.Args {
		if f := resolveValue(arg, nil, 0); f.Literal && r.concerns(f.Closure, s) && r.mayEndAbove(arg, s) {
			if e := r.oracle.Effect(callee.Fn, i, "", nil); e != nil && e.Released && !e.Unchanged {
				return true
			}
		}
		for _, it := range s.under(Name{arg, ""}) {
			if it.kind != above {
				continue
			}
			if e := r.oracle.Effect(callee.Fn, i, callee.translate(it.Path), nil); e != nil && e.Released && !e.Unchanged {
				return true
			}
		}
	}
	return false
}

// sameContext notes that what the call returns is a context of the value's, where
// the callee adds nothing but values to the one that it is given.
func (r *run) sameContext(instr ssa.CallInstruction, callee Callee, s *state) *state {
	call, ok := instr.(*ssa.Call)
	if !ok || callee.Fn == nil {
		return s
	}
	k := source.ContextResult(call.Call.Signature())
	if k < 0 {
		return s // most calls
	}
	if i := r.oracle.DoneWith(callee.Fn) - 1; 0 <= i && i < len(callee.Args) {
		for _, kind := range []kind{self, elder} {
			if s.holds(kind, Name{callee.Args[i], ""}) {
				return s.add(item{Name: Name{call, ResultPath(call, k)}, kind: kind})
			}
		}
	}
	return s
}

// passed applies a call to a value that is only passed around.
func (r *run) passed(instr ssa.CallInstruction, callee Callee, s *state) []*state {
	if callee.Fn == nil {
		return []*state{s}
	}
	if callee.Literal && callee.Closure != nil && r.concerns(callee.Closure, s) && r.depth < maxDepth {
		if _, isGo := instr.(*ssa.Go); !isGo {
			return r.literal(instr, callee, s)
		}
	}
	call, _ := instr.(*ssa.Call)
	if call != nil && len(callee.Args) > 0 && s.holds(owed, Name{callee.Args[0], ""}) {
		if o := source.Lookup(callee.Obj); o != nil && o.Ctx >= 0 && !r.oracle.Kept(call) {
			return []*state{s.add(item{Name: Name{call, "#" + itoa(o.Ctx) + ";"}})}
		}
	}
	for i, arg := range callee.Args {
		for _, it := range s.owedUnder(Name{arg, ""}) {
			if e := r.oracle.Effect(callee.Fn, i, callee.translate(it.Path), passing); e != nil {
				s = r.apply(instr, e, callee, arg, it, s)
			}
		}
	}
	return []*state{s}
}

// passing is the mark by which Oracle.Effect is asked about a value that is
// only passed around.
var passing = []string{"(passing)"}

// PassingMark is what a Subject that is only passed around has for Methods.
func PassingMark() []string { return passing }

// IsPassing reports whether methods are that mark.
func IsPassing(methods []string) bool {
	return len(methods) == 1 && methods[0] == passing[0]
}

func (r *run) released(instr ssa.Instruction, s *state) []*state {
	r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited}))
	return nil
}

// literal follows a call into the body of a function literal.
func (r *run) literal(instr ssa.CallInstruction, callee Callee, s *state) []*state {
	if next := r.arguments(instr, callee, s); len(next) != 1 || next[0] != s {
		return next
	}
	if !r.concerns(callee.Closure, s) {
		return []*state{s}
	}
	if r.depth >= maxDepth {
		r.end(End{Kind: Escaped, At: instr})
		return nil
	}
	var after []*state
	given := callee.Args[:min(len(callee.Args), len(callee.Fn.Params))]
	params := make([]ssa.Value, len(given))
	for i := range given {
		params[i] = callee.Fn.Params[i]
	}
	r.depth++
	r.inside(callee.Fn, s.rekeyed(given, params), func(t *state) { after = append(after, t.rekeyed(params, given)) })
	r.depth--
	return after
}

// inside walks fn's body from its entry; its deferred calls are its own.
func (r *run) inside(fn *ssa.Function, s *state, exit func(*state)) {
	pending := s.defers
	s = s.with(func(c *state) { c.defers = nil })
	seen := make(covered)
	r.walk(fn.Blocks[0], 0, []*state{s}, func(_ *ssa.Return, t *state) {
		t = t.with(func(c *state) { c.defers = pending })
		if seen.first(r.encode(0, 0, t), t) {
			exit(t)
		}
	})
}

// concerns reports whether the closure captured anything of the value.
func (r *run) concerns(c *ssa.MakeClosure, s *state) bool {
	if c == nil {
		return false
	}
	return slices.ContainsFunc(c.Bindings, func(b ssa.Value) bool {
		return len(s.under(Name{b, ""})) > 0 || len(s.under(Name{b, "*"})) > 0
	})
}

// static applies a call of a known, named function.
func (r *run) static(instr ssa.CallInstruction, callee Callee, s *state) []*state {
	recv := 0
	if callee.Fn.Signature.Recv() != nil || len(callee.Args) > callee.Fn.Signature.Params().Len() {
		recv = 1
	}
	if arg, when := source.Runs(callee.Obj); when != source.NotRun && arg+recv < len(callee.Args) {
		return r.runner(instr, callee, callee.Args[arg+recv], when, s)
	}
	if op := source.AtomicOp(callee.Obj); op != source.NoAtomic {
		return r.atomic(instr, op, callee.Args, s)
	}
	if source.Locks(callee.Obj) {
		return []*state{r.locked(callee.Args[0], s)}
	}
	switch source.FullName(callee.Obj) {
	case "time.Timer.Stop":
		s = r.stopped(instr, callee.Args[0], s)
	case "time.Timer.Reset":
		s = r.resetTimer(callee.Args[0], s)
	case "maps.Keys":
		if len(s.owedUnder(Name{callee.Args[0], ""})) > 0 && r.drains(s, callee.Args[0]) {
			return r.released(instr, s)
		}
	}
	if recv == 1 && r.ownerMethod(callee.Obj, callee.Args[0], s) {
		return r.releasedBy(instr, callee.Obj, s)
	}
	return r.arguments(instr, callee, s)
}

// ownerMethod reports whether calling method on v releases the value that v
// owns.
func (r *run) ownerMethod(method *types.Func, v ssa.Value, s *state) bool {
	return method != nil && slices.Contains(r.subject.Methods, method.Name()) && len(s.owedUnder(Name{v, ""})) > 0
}

// releasedBy applies a release method of the owner. One that releases at the
// owner's natural end, and says so by its result, is followed both ways.
func (r *run) releasedBy(instr ssa.CallInstruction, method *types.Func, s *state) []*state {
	call, now := instr.(*ssa.Call)
	if now && slices.Contains(r.subject.Ends, method.Name()) {
		if t := s.reported(call, true); t != s {
			r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited}))
			return []*state{r.produce(instr, t)}
		}
	}
	return r.released(instr, s)
}

// arguments applies what the callee does with each argument that leads to the
// value.
func (r *run) arguments(instr ssa.CallInstruction, callee Callee, s *state) []*state {
	var full []*state // where there was no room for the value
	for i, arg := range callee.Args {
		for _, it := range s.owedUnder(Name{arg, ""}) {
			e := r.oracle.Effect(callee.Fn, i, callee.translate(it.Path), r.subject.Methods)
			switch {
			case e == nil && source.LooksOnly(callee.Obj):
				continue
			case e == nil && callee.unnamed(i, it.Path, r.subject.Methods):
				s = r.produce(instr, s)
				continue
			case e == nil && r.elementwise(callee, it):
				continue
			case e == nil:
				return r.lend(instr, arg, s)
			case e.Released && !e.Unchanged:
				r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited || e.Waited}))
				return nil
			case e.Released && e.Forgets && !slices.ContainsFunc(callee.Args, isConst):
				r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited || e.Waited}))
				if call, ok := instr.(*ssa.Call); ok && (e.OnFailure || e.OnSuccess) {
					s = s.reported(call, e.OnFailure)
				}
				continue
			case e.OnlyIfRoom:
				full = append(full, s.with(func(c *state) { c.noRoom = instr }))
				if e.Escaped {
					r.handedOver(instr, arg, s)
					return full
				}
			case e.Released || e.Escaped:
				r.handedOver(instr, arg, s)
				return nil
			}
			s = r.apply(instr, e, callee, arg, it, s)
			if i == 0 && callee.Fn.Signature.Recv() != nil && len(e.Returned) == 0 {
				s = r.produce(instr, s)
			}
		}
	}
	return append(full, s)
}

// unnamed reports whether the argument arg, at whose path the value is, is an owner that
// methods release, and c a method of it that its maker did not name as one that releases
// or keeps it.
func (c Callee) unnamed(arg int, path string, methods []string) bool {
	return arg == 0 && path == "" && len(methods) > 0 && c.Fn.Signature.Recv() != nil
}

// reported assumes what the call's last result says of whether it went well: that it is
// no error, or true. It returns s itself where the result is of another type.
func (s *state) reported(call *ssa.Call, well bool) *state {
	results := call.Call.Signature().Results()
	k := results.Len() - 1
	if k < 0 {
		return s
	}
	n := operand{call, ResultPath(call, k)}
	op := "nil"
	switch t := results.At(k).Type(); {
	case source.IsError(t):
	case source.IsBool(t):
		op = "bool"
	default:
		return s
	}
	return s.assume(condition{op: op, x: n}, well)
}

func isConst(v ssa.Value) bool {
	_, ok := v.(*ssa.Const)
	return ok
}

// elementwise reports whether callee is a function of the standard library
// that goes over the elements of a container, and what it calls on them does
// not take over the value it inside one.
func (r *run) elementwise(callee Callee, it item) bool {
	if callee.Obj == nil || callee.Obj.Pkg() == nil || it.Path == "" || it.Path[0] != '[' {
		return false
	}
	switch callee.Obj.Pkg().Path() {
	case "slices", "maps", "sort":
	default:
		return false
	}
	inner := it.Path[len(firstStep(it.Path)):]
	for _, arg := range callee.Args {
		f := resolveValue(arg, nil, 0)
		if f.Fn == nil {
			if _, isFunc := arg.Type().Underlying().(*types.Signature); isFunc {
				return false
			}
			continue
		}
		for i := range f.Fn.Params {
			if e := r.oracle.Effect(f.Fn, i, inner, r.subject.Methods); e == nil || e.Released || e.Escaped || len(e.Held) > 0 {
				return false
			}
		}
	}
	return true
}

// apply records where a callee that did not release the value left it.
func (r *run) apply(instr ssa.CallInstruction, e *Effect, callee Callee, arg ssa.Value, it item, s *state) *state {
	if e.Dropped && it.Path != "" {
		s = s.overwrite(Name{arg, it.Path}, instr)
	}
	var added []item
	for _, res := range e.Returned {
		v, ok := instr.(*ssa.Call)
		if !ok {
			continue
		}
		added = append(added, item{Name: Name{v, ResultPath(v, res.Index) + res.Path}})
	}
	for _, h := range e.Held {
		by := h.By
		if by == nil {
			by = instr
		}
		h.Path = callee.PathInCaller(h.Path)
		switch {
		case h.Global != nil:
			added = append(added, item{Name: Name{h.Global, h.Path}, held: true, place: h.Place, inner: h.Inner, by: by, first: h.First})
		case h.Arg >= 0 && h.Arg < len(callee.Args):
			n := Name{callee.Args[h.Arg], h.Path}
			held := r.outlives(s.outermost(n), instr)
			names := slices.Collect(s.names(n))
			for i, name := range names {
				added = append(added, item{Name: name, held: held != no && i == len(names)-1, place: h.Place, inner: h.Inner, by: by, first: h.First})
			}
		default:
			v, _ := instr.(ssa.Value)
			if v == nil {
				v = callee.Fn
			}
			added = append(added, item{Name: Name{v, "#kept;"}, held: true, place: h.Place, inner: h.Inner, by: by, first: h.First})
		}
	}
	return s.add(added...)
}

// dynamic applies a call through an interface.
func (r *run) dynamic(instr ssa.CallInstruction, c *ssa.CallCommon, s *state) []*state {
	if r.ownerMethod(c.Method, c.Value, s) {
		return r.releasedBy(instr, c.Method, s)
	}
	if len(s.owedUnder(Name{c.Value, ""})) > 0 && len(r.subject.Methods) == 0 {
		r.handedOver(instr, c.Value, s)
		return nil
	}
	if len(s.owedUnder(Name{c.Value, ""})) > 0 {
		s = r.produce(instr, s)
	}
	if _, when := source.Runs(c.Method); when == source.AtEnd && len(c.Args) > 0 { // testing.TB.Cleanup
		return r.runner(instr, Callee{Obj: c.Method}, c.Args[0], when, s)
	}
	return r.unknown(instr, c.Args, s)
}

// unknown hands the arguments to code that is not known.
func (r *run) unknown(instr ssa.Instruction, args []ssa.Value, s *state) []*state {
	for _, a := range args {
		if len(s.owedUnder(Name{a, ""})) > 0 {
			return r.lend(instr, a, s)
		}
	}
	return []*state{s}
}
