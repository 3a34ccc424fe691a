package place

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// evidence says why fn's change meets a place that was set before; empty
// where nothing in the package shows it. Without evidence a method that is
// called once for each object loses nothing.
func (t *Table) evidence(e *Entry, fn *ssa.Function, old flow.Name, ch change) string {
	switch root := old.Root.(type) {
	case *ssa.Parameter, *ssa.Global:
		if t.appliedBefore(e, fn) {
			return ""
		}
		if ch.key != nil {
			switch {
			case madeFrom(ch.key, e):
				return ""
			case t.mayRecur(ch.key, fn, 0) && !t.metByCallers(e, fn, old, ch.key):
				return "for a key that is there already"
			case flow.Ranged(ch.key) && rangesOverArgument(ch.key, fn):
				return t.repeats(e, fn, baseOf(old, e), make(map[*ssa.Function]bool))
			}
			return ""
		}
		if handler(fn) && !isHandlerArg(fn, old.Root) {
			return "on every request"
		}
		if inRing(ch.at) && !t.metByCallers(e, fn, old, nil) {
			return "in a slot that comes round again"
		}
		if byKey(baseOf(old, e).Path) {
			if t.lostByCallers(e, fn, old) {
				return "on an object that was there before"
			}
			return ""
		}
		if e.Constructed && !t.metByCallers(e, fn, old, nil) {
			return "over the value that the constructor set"
		}
		if t.rearmed(fn) {
			return "when its timer fires again"
		}
		if t.asked(e, fn, ch) && !t.metByCallers(e, fn, old, nil) {
			return "where the function has asked for it"
		}
		return t.repeats(e, fn, old, make(map[*ssa.Function]bool))
	default:
		if t.container(root, make(map[ssa.Value]bool)) && t.lostByCallers(e, fn, old) {
			return "on an object that was there before"
		}
	}
	return ""
}

// asked reports whether fn asks, on its way to ch, whether there is something in e's
// place, and goes on in either case. What is there is alive: whoever releases it takes
// it away.
//
//	if old := r.current.Load(); old != nil {
//		n = old.n + 1
//	}
//	r.current.Store(&generation{n, cancel})
func (t *Table) asked(e *Entry, fn *ssa.Function, ch change) bool {
	oneWay := make(map[*ssa.If]bool)
	for branch := range flow.Decided(ch.at.Block()) {
		oneWay[branch] = true
	}
	cell := flow.Outermost(ch.cell)
	found := false
	for instr := range flow.Instrs(fn) {
		branch, ok := instr.(*ssa.If)
		if !ok || oneWay[branch] || !flow.DominatedBy(ch.at, branch) {
			continue
		}
		cmp, ok := branch.Cond.(*ssa.BinOp)
		if !ok || cmp.Op != token.EQL && cmp.Op != token.NEQ || !isZero(cmp.Y) {
			continue
		}
		there := flow.Name{Root: cmp.X}
		if load, ok := cmp.X.(*ssa.Call); ok {
			if callee := flow.Resolve(&load.Call); source.AtomicOp(callee.Obj) == source.AtomicLoad {
				there = flow.Name{Root: callee.Args[0], Path: "*.v;"}
			}
		}
		found = found || flow.Outermost(there) == cell
	}
	if !found {
		return false
	}
	for releaser := range t.set.Releasers(e.Place) {
		if releaser == nil || !t.takesAway(releaser, e) {
			return false
		}
	}
	return true
}

// takesAway reports whether fn clears e's place.
func (t *Table) takesAway(fn *ssa.Function, e *Entry) bool {
	return slices.ContainsFunc(t.changes(fn, e), func(ch change) bool { return ch.removal })
}

// appliedBefore reports whether the literal fn is an option, as far as the package
// shows: functions of its type are only called by those that make what e holds, and
// before they do.
//
//	for _, option := range options {
//		option(s)
//	}
//	if s.cache == nil {
//		s.cache = newCache()
//	}
func (t *Table) appliedBefore(e *Entry, fn *ssa.Function) bool {
	if fn.Parent() == nil || len(fn.Params) != 1 {
		return false
	}
	calls := t.dynamicCalls(fn.Signature)
	return len(calls) > 0 && !slices.ContainsFunc(calls, func(call ssa.CallInstruction) bool {
		made := madeIn(e, call.Parent())
		return made == nil || made.Call.Block() == call.Block() || flow.Reaches(made.Call.Block(), call.Block())
	})
}

// dynamicCalls are the calls of the package that may be of any function with the
// signature.
func (t *Table) dynamicCalls(signature *types.Signature) []ssa.CallInstruction {
	var all []ssa.CallInstruction
	for instr := range t.prog.Instrs {
		call, ok := instr.(ssa.CallInstruction)
		if !ok || call.Common().IsInvoke() || call.Common().StaticCallee() != nil {
			continue
		}
		if sig, ok := call.Common().Value.Type().Underlying().(*types.Signature); ok && types.Identical(sig, signature) {
			all = append(all, call)
		}
	}
	return all
}

// rearmed reports whether fn, or a method that it calls, sets a timer that calls fn
// again, on the same object.
//
//	p.timer = time.AfterFunc(interval, p.poll)    // in poll
func (t *Table) rearmed(fn *ssa.Function) bool {
	receiver := func(v ssa.Value, of *ssa.Function) bool {
		return of.Signature.Recv() != nil && flow.Outermost(flow.Name{Root: v}) == flow.Name{Root: of.Params[0]}
	}
	return slices.ContainsFunc(t.prog.Mentions(fn), func(m ssa.Instruction) bool {
		bound, ok := m.(*ssa.MakeClosure)
		if !ok || len(bound.Bindings) != 1 || !receiver(bound.Bindings[0], outermost(bound.Parent())) {
			return false
		}
		timed := slices.ContainsFunc(*bound.Referrers(), func(use ssa.Instruction) bool {
			call, ok := use.(ssa.CallInstruction)
			return ok && source.FullName(flow.Resolve(call.Common()).Obj) == "time.AfterFunc"
		})
		setter := outermost(bound.Parent())
		return timed && (setter == fn || slices.ContainsFunc(t.prog.Callers(setter), func(site ssa.CallInstruction) bool {
			args := flow.Resolve(site.Common()).Args
			return outermost(site.Parent()) == fn && len(args) > 0 && receiver(args[0], fn)
		}))
	})
}

// byKey reports whether a path leads through an element told apart by its
// key, which is not that of the turn of a range.
func byKey(path string) bool {
	for {
		i := strings.IndexByte(path, '[')
		if i < 0 {
			return false
		}
		step := path[i:]
		step = step[:strings.IndexByte(step, ';')+1]
		if step != "[];" && !strings.HasPrefix(step, "[range ") {
			return true
		}
		path = path[i+len(step):]
	}
}

// handler reports whether fn has the signature of an http.Handler.
func handler(fn *ssa.Function) bool {
	p := fn.Signature.Params()
	return p.Len() == 2 && p.At(0).Type().String() == "net/http.ResponseWriter" && p.At(1).Type().String() == "*net/http.Request"
}

func isHandlerArg(fn *ssa.Function, v ssa.Value) bool {
	i := slices.IndexFunc(fn.Params, func(p *ssa.Parameter) bool { return p == v })
	return i >= len(fn.Params)-2
}

// container reports whether v was taken out of a container, here or by the
// function of this package that returned it.
func (t *Table) container(v ssa.Value, seen map[ssa.Value]bool) bool {
	if v == nil || seen[v] {
		return false
	}
	seen[v] = true
	if isLookup(v) {
		return true
	}
	switch v := v.(type) {
	case *ssa.Phi:
		return slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return t.container(e, seen) })
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return t.returnsContained(call, v.Index, seen)
		}
	case *ssa.Call:
		return t.returnsContained(v, 0, seen)
	case *ssa.UnOp:
		return t.container(v.X, seen)
	}
	return false
}

func (t *Table) returnsContained(call *ssa.Call, i int, seen map[ssa.Value]bool) bool {
	callee := flow.Resolve(&call.Call)
	if callee.Fn == nil || len(callee.Fn.Blocks) == 0 {
		return false
	}
	for _, b := range callee.Fn.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(ret.Results) && t.container(flow.ResultValue(ret.Results[i]), seen) {
			return true
		}
	}
	return false
}

// repeats follows the callers of fn: one that reaches its call again, with
// the value from the call before neither released nor gone, repeats it on the
// same object.
func (t *Table) repeats(e *Entry, fn *ssa.Function, at flow.Name, seen map[*ssa.Function]bool) string {
	if seen[fn] || len(seen) > 4 {
		return ""
	}
	seen[fn] = true
	for _, site := range t.prog.Callers(fn) {
		if _, isDefer := site.(*ssa.Defer); isDefer {
			continue
		}
		here, ok := inCaller(site, fn, at)
		if !ok {
			continue
		}
		if _, fresh := here.Root.(*ssa.Alloc); !fresh && (byKey(baseOf(here, e).Path) || t.container(here.Root, make(map[ssa.Value]bool))) {
			if t.alive(e, site, here) && t.lostByCallers(e, fn, at) {
				return "on an object that was there before"
			}
			continue
		}
		if strings.Contains(here.Path, "[range ") {
			continue // each turn has another object
		}
		again := false
		o := flow.Explore(t.set, &flow.Subject{
			Fn:      site.Parent(),
			After:   site,
			Methods: e.Methods,
			Place:   e.Place,
			Base:    baseOf(here, e),
			Names:   []flow.Start{{Name: here, Held: true, Place: e.Place}},
			Error:   errorOf(e, fn, site),
			Watch: func(instr ssa.Instruction) bool {
				if made, ok := instr.(*ssa.Alloc); ok && ssa.Value(made) == here.Root {
					return true // another object
				}
				call, ok := instr.(ssa.CallInstruction)
				if ok && flow.Resolve(call.Common()).Fn == fn {
					if next, same := inCaller(call, fn, at); same && next == here {
						again = true
						return true
					}
				}
				return false
			},
		})
		if again {
			return "in a loop"
		}
		if o.Overflow != "" || !o.Has(flow.Unchanged, flow.Held) {
			continue
		}
		up := site.Parent()
		switch here.Root.(type) {
		case *ssa.Alloc:
			if why := t.repeats(e, up, here, seen); why != "" {
				return why
			}
		case *ssa.Parameter, *ssa.Global:
			if handler(up) && !isHandlerArg(up, here.Root) {
				return "on every request"
			}
			if why := t.repeats(e, up, here, seen); why != "" {
				return why
			}
		}
	}
	return ""
}

// errorOf is the error result of the call site of fn, if that must be nil for e's place
// to have what fn stores, or nil. A function that fails stores nothing, as a rule.
func errorOf(e *Entry, fn *ssa.Function, site ssa.CallInstruction) ssa.Value {
	call, ok := site.(*ssa.Call)
	if !ok || slices.ContainsFunc(e.Creations, func(c *summary.Creation) bool { return c.Call.Parent() == fn && leftOnFailure(c, e) }) {
		return nil
	}
	results := call.Call.Signature().Results()
	k := results.Len() - 1
	if k < 0 || !source.IsError(results.At(k).Type()) {
		return nil
	}
	return flow.ResultOf(call, k)
}

// leftOnFailure reports whether c is left in e's place where its function fails.
func leftOnFailure(c *summary.Creation, e *Entry) bool {
	return slices.ContainsFunc(c.Outcome.Ends, func(end flow.End) bool { return end.Failed && end.HeldIn(e.Place) })
}

// inCaller translates a name of fn into one at a call of it.
func inCaller(site ssa.CallInstruction, fn *ssa.Function, n flow.Name) (flow.Name, bool) {
	switch root := n.Root.(type) {
	case *ssa.Global:
		return n, true
	case *ssa.Alloc: // a variable of an enclosing function
		return n, root.Parent() != fn && flow.Within(fn, root.Parent())
	case *ssa.Parameter:
		if root.Parent() != fn { // of an enclosing function
			return n, true
		}
		i := slices.Index(fn.Params, root)
		callee := flow.Resolve(site.Common())
		if i < 0 || i >= len(callee.Args) || callee.Fn == nil {
			return n, false
		}
		return flow.Outermost(flow.Name{Root: callee.Args[i], Path: callee.PathInCaller(n.Path)}), true
	}
	return n, false
}

// metByCallers reports whether every caller of fn in the package releases the
// value before it calls fn. No caller: nobody does. It may be in the entry under
// key, if that is not nil.
func (t *Table) metByCallers(e *Entry, fn *ssa.Function, old flow.Name, key ssa.Value) bool {
	return t.metAbove(e, fn, old, key, maxUp)
}

// maxUp is how many callers up from that of a function the release is looked for.
const maxUp = 2

// metAbove is metByCallers, up to that many more callers up. There, that the object is
// new says nothing: it may be met many times.
func (t *Table) metAbove(e *Entry, fn *ssa.Function, old flow.Name, key ssa.Value, up int) bool {
	sites := t.prog.Callers(fn)
	if len(sites) == 0 {
		return false
	}
	for _, site := range sites {
		here, ok := inCaller(site, fn, old)
		if !ok {
			return false
		}
		_, fresh := here.Root.(*ssa.Alloc)
		if fresh && up < maxUp {
			return false
		}
		if made := madeIn(e, site.Parent()); made != nil {
			// It may have been put there before the call, unless the
			// call is what puts it there.
			if !putBy(made, fn) {
				return false
			}
			if fresh {
				continue
			}
		}
		_, beside := site.(*ssa.Go)
		switch {
		case fresh && beside:
			return false // others fill the object while fn runs
		case !fresh && t.alive(e, site, here, t.underKeyIn(e, site, fn, key)...):
			if _, given := here.Root.(*ssa.Parameter); !given || up == 0 || !t.metAbove(e, site.Parent(), here, argument(site, fn, key), up-1) {
				return false
			}
		}
	}
	return true
}

// madeIn is the creation of e that fn makes, or nil.
func madeIn(e *Entry, fn *ssa.Function) *summary.Creation {
	if i := slices.IndexFunc(e.Creations, func(c *summary.Creation) bool { return c.Call.Parent() == fn }); i >= 0 {
		return e.Creations[i]
	}
	return nil
}

// putBy reports whether c is put into its place by fn, and by nothing else.
func putBy(c *summary.Creation, fn *ssa.Function) bool {
	put := false
	for _, e := range c.Outcome.Ends {
		for _, n := range e.Names {
			if n.By == nil || n.By.Parent() != fn {
				return false
			}
			put = true
		}
	}
	return put
}

// alive reports whether control reaches the call site with the value named
// here, there before, neither released nor known to be absent. A deferred
// call is reached when the function returns.
func (t *Table) alive(e *Entry, site ssa.CallInstruction, here flow.Name, also ...flow.Name) bool {
	caller := site.Parent()
	if made := flow.MadeAt(caller); made != nil && madeIn(e, caller.Parent()) == nil && !t.reaches(e, made, here, also...) {
		// The literal that calls is only made once the value is released.
		return false
	}
	return t.reaches(e, site, here, also...)
}

// reaches reports whether control reaches at with the value named here, and also,
// alive.
func (t *Table) reaches(e *Entry, at ssa.Instruction, here flow.Name, also ...flow.Name) bool {
	caller := at.Parent()
	// A parameter that is captured is loaded for each use, and known before.
	if o := flow.Outermost(flow.Name{Root: here.Root}); o.Path == "" {
		if p, ok := o.Root.(*ssa.Parameter); ok {
			here.Root = p
		}
	}
	reached := false
	_, isDefer := at.(*ssa.Defer)
	s := &flow.Subject{
		Fn: caller, Methods: e.Methods, Place: e.Place, Base: baseOf(here, e),
		Names: []flow.Start{{Name: here, Held: true, Place: e.Place}},
		Watch: func(instr ssa.Instruction) bool {
			_, runs := instr.(*ssa.RunDefers)
			if instr == at && !isDefer || isDefer && runs {
				reached = true
				return true
			}
			return false
		},
	}
	for _, n := range also {
		s.Names = append(s.Names, flow.Start{Name: n})
	}
	if root, ok := here.Root.(ssa.Instruction); ok && root.Parent() == caller {
		s.After = root
	}
	o := flow.Explore(t.set, s)
	return reached || o.Overflow != ""
}

// lostByCallers reports whether some caller of fn, after the call, leaves the
// value where fn put it; with no caller in the package, any may. The value
// may be released by way of what fn returns, or of its receiver.
func (t *Table) lostByCallers(e *Entry, fn *ssa.Function, old flow.Name) bool {
	sites := t.prog.Callers(fn)
	if len(sites) == 0 {
		return true
	}
	for _, site := range sites {
		var names []flow.Start
		for i, path := range t.returned(fn, old) {
			if call, ok := site.(*ssa.Call); ok {
				names = append(names, flow.Start{Name: flow.Name{Root: call, Path: flow.ResultPath(call, i) + path}, Held: true, Place: e.Place})
			}
		}
		if len(names) == 0 {
			return true
		}
		o := flow.Explore(t.set, &flow.Subject{
			Fn: site.Parent(), After: site, Methods: e.Methods, Place: e.Place, Names: names,
		})
		if o.Has(flow.Unchanged, flow.Lost, flow.Held) {
			return true
		}
	}
	return false
}

// returned maps the results of fn that are the object named by old's root to
// the path that leads from there to the value.
func (t *Table) returned(fn *ssa.Function, old flow.Name) map[int]string {
	m := make(map[int]string)
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for i, v := range ret.Results {
			for _, n := range roots(flow.Name{Root: flow.ResultValue(v)}) {
				if rest, ok := flow.Covers(n.Path, old.Path); ok && n.Root == old.Root {
					m[i] = rest
				}
			}
		}
	}
	return m
}
