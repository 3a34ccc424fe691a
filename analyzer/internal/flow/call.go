package flow

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A Callee is what a call is known to call.
type Callee struct {
	Fn      *ssa.Function    // nil if unknown
	Obj     *types.Func      // nil for function literals
	Args    []ssa.Value      // receiver first, for methods
	Closure *ssa.MakeClosure // of a function literal with captured variables
	Literal bool             // a function literal
}

// Resolve finds the callee of c: a static one, a function literal or method
// value, or one kept in a variable that is assigned once.
func Resolve(c *ssa.CallCommon) Callee {
	if c.IsInvoke() {
		return Callee{Obj: c.Method, Args: c.Args}
	}
	return resolveValue(c.Value, c.Args, 0)
}

func resolveValue(v ssa.Value, args []ssa.Value, depth int) Callee {
	switch v := v.(type) {
	case *ssa.Function:
		return ofFunction(v, args)
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if obj, ok := fn.Object().(*types.Func); ok { // a bound method
			return Callee{Fn: target(fn), Obj: obj, Args: append([]ssa.Value{v.Bindings[0]}, args...)}
		}
		return Callee{Fn: fn, Args: args, Closure: v, Literal: true}
	case *ssa.ChangeType:
		return resolveValue(v.X, args, depth)
	case *ssa.UnOp:
		if val := assignedOnce(v); val != nil && depth < 3 {
			return resolveValue(val, args, depth+1)
		}
	case *ssa.FreeVar:
		if n := Outermost(Name{v, ""}); n.Path == "" && n.Root != v && depth < 3 {
			return resolveValue(n.Root, args, depth+1)
		}
	}
	return Callee{Args: args}
}

func ofFunction(fn *ssa.Function, args []ssa.Value) Callee {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, _ := fn.Object().(*types.Func)
	return Callee{Fn: fn, Obj: obj, Args: args, Literal: fn.Parent() != nil}
}

// target returns the method that the wrapper of a method value calls, or the
// wrapper itself.
func target(wrapper *ssa.Function) *ssa.Function {
	for _, b := range wrapper.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if f := call.Call.StaticCallee(); f != nil {
					return ofFunction(f, nil).Fn
				}
			}
		}
	}
	return nil
}

// assignedOnce returns the only value ever stored in the variable that load
// reads, or nil.
func assignedOnce(load *ssa.UnOp) ssa.Value {
	n := Outermost(Name{load.X, "*"})
	var only ssa.Value
	if n.Path != "*" || n.Root.Referrers() == nil {
		return nil
	}
	for _, ref := range *n.Root.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != n.Root || only != nil {
				return nil
			}
			only = ref.Val
		case *ssa.MakeClosure:
			if storesTo(ref.Fn.(*ssa.Function), n.Root) {
				return nil
			}
		}
	}
	return only
}

func storesTo(fn *ssa.Function, variable ssa.Value) bool {
	return slices.ContainsFunc(storesIn(fn), func(st *ssa.Store) bool {
		return Outermost(Name{st.Addr, "*"}) == Name{variable, "*"}
	})
}

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
	s = s.share(instr, callee)
	if !c.IsInvoke() && !callee.Literal && s.holds(owed, Name{c.Value, ""}) {
		return r.released(instr, s)
	}
	if r.endsAbove(callee, c, s) {
		r.end(s.path(End{Kind: Settled, At: instr}))
		return nil
	}
	if callee.Literal {
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
	r.depth++
	r.inside(callee.Fn, s, func(t *state) { after = append(after, t) })
	r.depth--
	return after
}

// inside walks fn's body from its entry; its deferred calls are its own.
func (r *run) inside(fn *ssa.Function, s *state, exit func(*state)) {
	pending := s.defers
	s = s.with(func(c *state) { c.defers = nil })
	seen := make(map[string]bool)
	r.walk(fn.Blocks[0], 0, s, func(_ *ssa.Return, t *state) {
		t = t.with(func(c *state) { c.defers = pending })
		if key := r.encode(t); !seen[key] {
			seen[key] = true
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
		if len(s.under(Name{b, ""})) > 0 {
			return true
		}
		a, ok := s.outermost(Name{b, ""}).Root.(*ssa.Alloc)
		if !ok {
			return false
		}
		p := spilled(a)
		return p != nil && len(s.under(Name{p, ""})) > 0
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
	if recv == 1 && r.ownerMethod(callee.Obj, callee.Args[0], s) {
		return r.released(instr, s)
	}
	return r.arguments(instr, callee, s)
}

// ownerMethod reports whether calling method on v releases the value that v
// owns.
func (r *run) ownerMethod(method *types.Func, v ssa.Value, s *state) bool {
	return method != nil && slices.Contains(r.subject.Methods, method.Name()) && len(s.owedUnder(Name{v, ""})) > 0
}

// arguments applies what the callee does with each argument that leads to the
// value.
func (r *run) arguments(instr ssa.CallInstruction, callee Callee, s *state) []*state {
	for i, arg := range callee.Args {
		for _, it := range s.owedUnder(Name{arg, ""}) {
			e := r.oracle.Effect(callee.Fn, i, callee.translate(it.Path), r.subject.Methods)
			switch {
			case e == nil && source.LooksOnly(callee.Obj):
				continue
			case e == nil && i == 0 && it.Path == "" && len(r.subject.Methods) > 0 && callee.Fn.Signature.Recv() != nil:
				// A method of an owner that its maker did not name as one
				// that releases or keeps it.
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
				if e.OnFailure {
					s = s.succeeded(instr)
				}
				continue
			case e.Released || e.Escaped:
				r.end(End{Kind: Escaped, At: instr})
				return nil
			}
			s = r.apply(instr, e, callee, arg, it, s)
			if i == 0 && callee.Fn.Signature.Recv() != nil && len(e.Returned) == 0 {
				s = r.produce(instr, s)
			}
		}
	}
	return []*state{s}
}

// succeeded assumes that the error result of the call is nil.
func (s *state) succeeded(instr ssa.CallInstruction) *state {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return s
	}
	results := call.Call.Signature().Results()
	k := results.Len() - 1
	if k < 0 || !source.IsError(results.At(k).Type()) {
		return s
	}
	n := operand{call, ""}
	if k > 0 {
		n.path = "#" + itoa(k) + ";"
	}
	return s.assume(condition{op: "nil", x: n}, true)
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

// translate rewrites the keys in a path for the callee: a key that is one of
// the arguments is its parameter there, any other is not told apart.
func (c Callee) translate(path string) string {
	var b strings.Builder
	for path != "" {
		s := firstStep(path)
		path = path[len(s):]
		if s[0] == '[' {
			s = c.parameterKey(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// translateBack rewrites the keys in a path of the callee for the caller.
func (c Callee) translateBack(path string) string {
	var b strings.Builder
	for path != "" {
		s := firstStep(path)
		path = path[len(s):]
		if s[0] == '[' {
			s = c.argumentKey(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

func (c Callee) argumentKey(step string) string {
	for i, p := range c.Fn.Params {
		if i < len(c.Args) && key(p) == step {
			return key(c.Args[i])
		}
	}
	return anyElement
}

func (c Callee) parameterKey(step string) string {
	for i, arg := range c.Args {
		if i < len(c.Fn.Params) && key(arg) == step {
			return key(c.Fn.Params[i])
		}
	}
	return anyElement
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
		n := Name{v, res.Path}
		if callee.Fn.Signature.Results().Len() > 1 {
			n.Path = "#" + itoa(res.Index) + ";" + res.Path
		}
		added = append(added, item{Name: n})
	}
	for _, h := range e.Held {
		by := h.By
		if by == nil {
			by = instr
		}
		h.Path = callee.translateBack(h.Path)
		switch {
		case h.Global != nil:
			added = append(added, item{Name: Name{h.Global, h.Path}, held: true, place: h.Place, inner: h.Inner, by: by, first: h.First})
		case h.Arg >= 0 && h.Arg < len(callee.Args):
			n := Name{callee.Args[h.Arg], h.Path}
			held := r.outlives(s.outermost(n), instr)
			names := s.names(n)
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
		return r.released(instr, s)
	}
	if len(s.owedUnder(Name{c.Value, ""})) > 0 && len(r.subject.Methods) == 0 {
		r.end(End{Kind: Escaped, At: instr})
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

// runner applies a call that runs its argument f, now or later.
func (r *run) runner(instr ssa.CallInstruction, callee Callee, f ssa.Value, when source.Run, s *state) []*state {
	if when == source.OnDone && len(callee.Args) > 0 && s.holds(self, Name{callee.Args[0], ""}) {
		return []*state{s} // waits for what only the release would bring
	}
	if when == source.Returned {
		if v, ok := instr.(*ssa.Call); ok && r.mayRelease(f, s) {
			return []*state{s.add(item{Name: Name{v, ""}})}
		}
		return []*state{s}
	}
	if s.holds(owed, Name{f, ""}) {
		if inner := resolveValue(f, nil, 0); !inner.Literal {
			return r.released(instr, s)
		}
	}
	return r.started(instr, s, func(s *state) []*state { return r.apart(instr, f, s) })
}

// apart applies a call of f without arguments.
func (r *run) apart(instr ssa.CallInstruction, f ssa.Value, s *state) []*state {
	inner := resolveValue(f, nil, 0)
	switch {
	case inner.Fn == nil && s.holds(owed, Name{f, ""}):
		return r.released(instr, s)
	case inner.Fn == nil:
		return r.unknown(instr, []ssa.Value{f}, s)
	case inner.Literal:
		return r.literal(instr, inner, s)
	case len(inner.Args) == 0:
		return []*state{s}
	}
	return r.static(instr, inner, s)
}

// mayRelease reports whether calling f releases or hands on the value on some
// path.
func (r *run) mayRelease(f ssa.Value, s *state) bool {
	if s.holds(owed, Name{f, ""}) {
		return true
	}
	sub := *r
	sub.ends = nil
	sub.subject = r.subject.nested()
	sub.spawned++
	// What it returns is of no interest, so the call is as good as deferred.
	after := sub.apart(&ssa.Defer{}, f, s)
	r.states, r.overflow = sub.states, r.overflow || sub.overflow
	return slices.ContainsFunc(sub.ends, takesOver) ||
		slices.ContainsFunc(after, func(t *state) bool { return len(t.heldItems()) > len(s.heldItems()) })
}

// nested is the subject of a question that following s raised.
func (s *Subject) nested() *Subject {
	c := *s
	c.Watch, c.inner = nil, true
	return &c
}

// takesOver reports whether e means that someone else sees to the release.
func takesOver(e End) bool {
	return e.Kind == Released || e.Kind == Escaped || e.Kind == Held
}

// started applies f, which runs beside the caller: where some path of it
// releases the value or hands it on, it is done with; else the caller goes on
// as before.
func (r *run) started(instr ssa.Instruction, s *state, f func(*state) []*state) []*state {
	outer := r.ends
	r.ends = nil
	r.spawned++
	after := f(s.with(func(c *state) { c.waited = false }))
	r.spawned--
	ends := r.ends
	r.ends = outer
	if i := slices.IndexFunc(ends, takesOver); i >= 0 {
		waited := !slices.ContainsFunc(ends, func(e End) bool { return takesOver(e) && !(e.Kind == Released && e.Waited) })
		e := s.path(End{Kind: ends[i].Kind, At: instr, Waited: waited, Names: ends[i].Names})
		e.Failing = !slices.ContainsFunc(ends, func(e End) bool { return takesOver(e) && !e.Failing })
		r.end(e)
		_, isGo := instr.(*ssa.Go)
		if isGo && !r.subject.inner && len(after) > 0 && !slices.ContainsFunc(ends, func(e End) bool { return e.Kind != Released && e.Kind != Settled }) {
			// The goroutine has another end, which releases nothing.
			return []*state{s}
		}
		return nil
	}
	// What the goroutine hands to memory that others see counts as well.
	for _, t := range after {
		s = s.add(t.heldItems()...)
	}
	return []*state{s}
}

// spawn applies a go statement.
func (r *run) spawn(instr *ssa.Go, s *state) []*state {
	s = s.share(instr, Resolve(instr.Common()))
	return r.started(instr, s, func(s *state) []*state { return r.invoke(instr, s) })
}

// deferred applies a defer statement: a direct release is certain from here
// on, the rest is decided when the deferred calls run.
func (r *run) deferred(instr *ssa.Defer, s *state) []*state {
	c := instr.Common()
	if callee := Resolve(c); !callee.Literal && !c.IsInvoke() && s.holds(owed, Name{c.Value, ""}) {
		r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited, Defer: instr}))
		return nil
	}
	if !c.IsInvoke() && s.holds(above, Name{c.Value, ""}) {
		r.end(s.path(End{Kind: Settled, At: instr}))
		return nil
	}
	if instr.DeferStack != nil { // runs when an enclosing function returns
		return r.invoke(instr, s)
	}
	if slices.Contains(s.defers, instr) {
		return []*state{s}
	}
	return []*state{s.with(func(n *state) { n.defers = append(slices.Clone(s.defers), instr) })}
}

// runDefers runs the pending deferred calls, latest first.
func (r *run) runDefers(s *state) []*state {
	states := []*state{s.with(func(c *state) { c.defers = nil })}
	for i := len(s.defers) - 1; i >= 0; i-- {
		var next []*state
		outer := r.deferring
		if r.depth == 0 {
			r.deferring = s.defers[i]
		}
		for _, t := range states {
			for _, u := range r.invoke(s.defers[i], t) {
				if r.alive(u, s.defers[i]) {
					next = append(next, u)
				}
			}
		}
		states = next
		r.deferring = outer
	}
	return states
}

// capture transfers the making of a closure: where calling it may release the
// value, the closure is one more name of it.
func (r *run) capture(instr *ssa.MakeClosure, s *state) []*state {
	if r.concerns(instr, s) && r.mayRelease(instr, s) {
		s = s.add(item{Name: Name{instr, ""}})
	}
	return []*state{s}
}

// capturedEarlier reports whether the variable a, which has just received the
// value, was captured by a function literal that has already been handed to
// others and that releases what it finds there.
func (r *run) capturedEarlier(s *state, a *ssa.Alloc, at ssa.Instruction) bool {
	if a.Referrers() == nil {
		return false
	}
	for _, ref := range *a.Referrers() {
		mc, ok := ref.(*ssa.MakeClosure)
		if !ok || mc.Referrers() == nil {
			continue
		}
		handed := slices.ContainsFunc(*mc.Referrers(), func(u ssa.Instruction) bool {
			switch u := u.(type) {
			case *ssa.Defer:
				return u.Call.Value != mc
			case *ssa.Call:
				return u.Call.Value != mc
			case *ssa.DebugRef:
				return false
			}
			return true
		})
		if handed && !dominatedBy(mc, at) && r.mayRelease(mc, s) {
			return true
		}
	}
	return false
}

// dominatedBy reports whether instr certainly runs after at.
func dominatedBy(instr, at ssa.Instruction) bool {
	if instr.Block() == at.Block() {
		b := at.Block().Instrs
		return slices.Index(b, instr) > slices.Index(b, at)
	}
	return instr.Parent() == at.Parent() && at.Block().Dominates(instr.Block())
}

// appended returns what the result of an append has of the value: the
// elements of both its arguments, whose indexes change.
func (s *state) appended(call *ssa.Call) []item {
	b, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || b.Name() != "append" {
		return nil
	}
	var all []item
	for i, a := range call.Call.Args {
		for _, it := range s.owedUnder(Name{a, ""}) {
			if rest := it.Path; rest != "" && rest[0] == '[' && i == 0 && RemovedElement(call) == "" {
				// It stays where it is.
			} else if rest != "" && rest[0] == '[' {
				if gone := RemovedElement(call); gone != "" && strings.HasPrefix(rest, gone) {
					continue
				}
				it.Path = anyElement + rest[len(firstStep(rest)):]
			}
			it.Name, it.held = Name{call, it.Path}, false
			all = append(all, it)
		}
	}
	return all
}

// builtin transfers a call of a predeclared function.
func (r *run) builtin(instr ssa.CallInstruction, name string, args []ssa.Value, s *state) []*state {
	switch name {
	case "delete":
		s = s.overwrite(Name{args[0], key(args[1])}, instr)
	case "clear":
		s = s.overwrite(Name{args[0], ""}, instr)
	case "copy":
		for _, it := range s.owedUnder(Name{args[1], ""}) {
			s = s.add(item{Name: s.outermost(Name{args[0], it.Path})})
		}
	case "len":
		if len(s.owedUnder(Name{args[0], ""})) > 0 && r.drains(s, args[0]) {
			r.end(End{Kind: Released, At: instr})
			return nil
		}
	}
	return []*state{s}
}

// drains reports whether the function goes over container's elements and
// releases them: each load of an element is followed on its own. The loop may
// run no turn at all; then there was nothing to release.
func (r *run) drains(s *state, container ssa.Value) bool {
	var elems []ssa.Instruction
	for _, ref := range s.uses(container) {
		switch ref := ref.(type) {
		case *ssa.IndexAddr:
			for _, use := range referrers(ref) {
				if load, ok := use.(*ssa.UnOp); ok {
					elems = append(elems, load)
				}
			}
		case *ssa.Range:
			for _, use := range referrers(ref) {
				next, ok := use.(*ssa.Next)
				if !ok {
					continue
				}
				for _, e := range referrers(next) {
					if x, ok := e.(*ssa.Extract); ok && x.Index == 2 {
						elems = append(elems, x)
					}
				}
			}
		}
	}
	for _, e := range elems {
		if r.depth >= maxDepth || r.states > maxStates/2 {
			return true
		}
		v := e.(ssa.Value)
		sub := *r
		sub.ends = nil
		sub.subject = r.subject.nested()
		sub.depth++
		var names []item
		for _, it := range s.owedUnder(Name{v, ""}) {
			names = append(names, item{Name: Name{v, it.Path}})
		}
		start := (&state{facts: s.facts}).add(names...)
		i := slices.Index(e.Block().Instrs, e)
		sub.walk(e.Block(), i+1, start, func(*ssa.Return, *state) {})
		r.states = sub.states
		if slices.ContainsFunc(sub.ends, takesOver) {
			return true
		}
	}
	return false
}

// uses are the instructions that take an element of container, or of the
// same memory loaded again, in a loop.
func (s *state) uses(container ssa.Value) []ssa.Instruction {
	all := slices.Clone(referrers(container))
	n := s.outermost(Name{container, ""})
	if n.Root == container {
		return all
	}
	for _, b := range container.Parent().Blocks {
		for _, instr := range b.Instrs {
			if ia, ok := instr.(*ssa.IndexAddr); ok && ia.X != container && counter(ia.Index) && s.outermost(Name{ia.X, ""}) == n {
				all = append(all, ia)
			}
		}
	}
	return all
}

func referrers(v ssa.Value) []ssa.Instruction {
	if refs := v.Referrers(); refs != nil {
		return *refs
	}
	return nil
}

// atomic transfers the operations of sync/atomic and sync.Map, which keep a
// value in the step .v; (or under a key) of their receiver.
func (r *run) atomic(instr ssa.CallInstruction, op source.Atomic, args []ssa.Value, s *state) []*state {
	if len(args) == 0 {
		return []*state{s}
	}
	cell := Name{args[0], "*.v;"}
	if op >= source.MapLoad && len(args) > 1 {
		cell = Name{args[0], "*" + key(args[1])}
	}
	place := PlaceOf(args[0], op >= source.MapLoad)
	result := func(index string) {
		v, ok := instr.(*ssa.Call)
		if !ok {
			return
		}
		var found []item
		for _, it := range s.owedUnder(cell) {
			found = append(found, item{Name: Name{v, index + it.Path}})
		}
		s = s.add(found...)
	}
	switch op {
	case source.AtomicLoad:
		result("")
	case source.MapLoad:
		result("#0;")
	case source.MapTake:
		result("#0;")
		s = s.overwrite(cell, instr)
	case source.MapDelete:
		s = s.overwrite(cell, instr)
	case source.AtomicStore, source.AtomicSwap, source.MapStore, source.MapSwap:
		stored := args[len(args)-1]
		switch op {
		case source.AtomicSwap:
			result("")
		case source.MapSwap:
			result("#0;")
		}
		values := s.owedUnder(Name{stored, ""})
		s = s.overwrite(cell, instr)
		return r.put(instr, s, cell, values, place)
	case source.MapLoadOrStore:
		values := s.owedUnder(Name{args[len(args)-1], ""})
		result("#0;")
		return r.put(instr, s, cell, values, place)
	case source.AtomicCAS:
		return r.unknown(instr, args[1:], s)
	}
	return []*state{s}
}
