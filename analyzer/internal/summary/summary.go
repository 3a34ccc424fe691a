// Package summary says what each function does with obligations: which its
// results carry, and what becomes of those it is given.
//
// In come the functions of one package in SSA form and the facts of its
// imports; out go answers on demand, each computed once, and the facts for
// the packages that import this one. A question about a function asks first
// about those it calls; on a cycle of the call graph the question that is
// already being answered counts as "leaves it alone", so that a recursive
// function is judged by its other paths.
package summary

import (
	"go/constant"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
)

// A Creation is a call that creates an obligation.
type Creation struct {
	Call     *ssa.Call
	Name     flow.Name // where the value to be released is
	Source   string    // the function called, as the reader knows it: "context.WithCancel", "NewWorker"
	Ultimate string    // the standard function behind it
	Result   fact.Result
	Wrapped  bool        // the callee is not one of the standard sources
	Parent   ssa.Value   // the context it derives from, or nil
	Holder   flow.Name   // what holds that, by Result.Held, if its Root is set
	Error    ssa.Value   // the error result paired with it, or nil
	OK       ssa.Value   // the boolean result paired with it, or nil
	Sign     flow.Name   // a field of the result that tells whether there is something to release, if its Root is set
	Also     []flow.Name // other results of the call by which the same value is reached
	Outcome  *flow.Outcome
}

// Owner reports whether what is owed is a method of the result, or of a field
// of it, rather than a call of the result itself.
func (c *Creation) Owner() bool { return len(c.Result.Methods) > 0 || c.Result.Path != "" }

// Context is the result of the call that is the context, or nil if there is none, or
// nothing uses it.
func (c *Creation) Context() ssa.Value {
	if c.Result.Ctx < 0 {
		return nil
	}
	ctx := flow.ResultOf(c.Call, c.Result.Ctx)
	if ctx == nil || len(*ctx.Referrers()) == 0 {
		return nil
	}
	return ctx
}

// A Set answers for one package.
type Set struct {
	prog   *ssabuild.Program
	lookup func(*types.Func) *fact.Func // facts of imported functions

	effects   map[effectKey]*flow.Effect
	creations map[*ssa.Function][]*Creation
	results   map[*ssa.Function][]fact.Result
	noReturn  map[*ssa.Function]bool
	derives   map[*ssa.Function]int
	doneWith  map[*ssa.Function]int
	pure      map[*ssa.Function]bool
	releasers map[flow.Place]map[*ssa.Function]bool
	fields    map[*types.Var][]*ssa.Store
	atomics   map[*types.Var][]ssa.CallInstruction
	released  map[flow.Place]bool
	closed    map[flow.Place]bool // channels
	asking    map[*ssa.Function]bool
	owners    map[*types.TypeName][]fact.Result
	makers    map[*types.TypeName][]*ssa.Function
	surveys   flow.Surveys
	loads     map[flow.Place][]ssa.Instruction
	ranges    []ssa.CallInstruction // of a sync.Map
	depth     int                   // of calls being followed
	asked     map[*ssa.Function]int
	gaveUp    map[*ssa.Parameter]bool // of GaveUp
}

type effectKey struct {
	fn      *ssa.Function
	arg     int
	path    string
	methods string
}

// New prepares the summaries of prog.
func New(prog *ssabuild.Program, lookup func(*types.Func) *fact.Func) *Set {
	return &Set{
		prog:      prog,
		lookup:    lookup,
		effects:   make(map[effectKey]*flow.Effect),
		creations: make(map[*ssa.Function][]*Creation),
		results:   make(map[*ssa.Function][]fact.Result),
		noReturn:  make(map[*ssa.Function]bool),
		derives:   make(map[*ssa.Function]int),
		doneWith:  make(map[*ssa.Function]int),
		pure:      make(map[*ssa.Function]bool),
		released:  make(map[flow.Place]bool),
		asking:    make(map[*ssa.Function]bool),
		owners:    make(map[*types.TypeName][]fact.Result),
		asked:     make(map[*ssa.Function]int),
		gaveUp:    make(map[*ssa.Parameter]bool),
	}
}

// inPackage reports whether fn's body is here to be analysed.
func (s *Set) inPackage(fn *ssa.Function) bool { return s.prog.Body(fn) }

// declared is inPackage for questions whose answer is certain where fn's body was
// left out (see gate.Outside).
func (s *Set) declared(fn *ssa.Function) bool { return len(fn.Blocks) > 0 }

// imported returns the fact of a function of another package, or nil.
func (s *Set) imported(fn *ssa.Function) *fact.Func {
	if obj, ok := fn.Object().(*types.Func); ok {
		return s.lookup(obj.Origin())
	}
	return nil
}

// Creations returns the calls in fn that create obligations, with what
// becomes of each.
func (s *Set) Creations(fn *ssa.Function) []*Creation {
	if done, ok := s.creations[fn]; ok {
		return done
	}
	s.creations[fn] = nil // a cycle: nothing yet
	var all []*Creation
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				all = append(all, s.created(call)...)
			}
		}
	}
	for _, c := range all {
		c.Outcome = flow.Explore(s, s.subject(fn, c))
	}
	s.creations[fn] = all
	return all
}

func (s *Set) subject(fn *ssa.Function, c *Creation) *flow.Subject {
	names := []flow.Start{{Name: c.Name}}
	for _, n := range c.Also {
		names = append(names, flow.Start{Name: n})
	}
	if k := c.Result.Ctx; k >= 0 {
		names = append(names, flow.Start{Name: flow.Name{Root: c.Call, Path: flow.ResultPath(c.Call, k)}, Context: true})
	}
	if c.Result.CtxPath != "" {
		names = append(names, flow.Start{Name: flow.Name{Root: c.Call, Path: flow.ResultPath(c.Call, c.Result.Index) + c.Result.CtxPath}, Context: true})
	}
	if c.Parent != nil {
		root := s.Root(c.Parent)
		elders := []ssa.Value{c.Parent, root.Value}
		for _, call := range root.Through {
			elders = append(elders, call)
		}
		for _, above := range s.madeBy(fn, root.Through) {
			names = append(names, flow.Start{Name: above, Above: true})
		}
		for _, e := range elders {
			if e != nil && source.IsContext(e.Type()) {
				names = append(names, flow.Start{Name: flow.Outermost(flow.Name{Root: e}), Elder: true})
			}
		}
	}
	return &flow.Subject{
		Fn: fn, After: c.Call, Names: names, Methods: c.Result.Methods, Ends: c.Result.Ends, Error: c.Error, OK: c.OK, Sign: c.Sign, Unset: c.Result.Unset,
		Timer: c.Result.Life == fact.UntilTimer,
	}
}

// madeBy names the release functions that the calls, in fn or a function around
// it, return.
func (s *Set) madeBy(fn *ssa.Function, calls []*ssa.Call) []flow.Name {
	var names []flow.Name
	for _, call := range calls {
		if !flow.Within(fn, call.Parent()) {
			continue
		}
		for _, c := range s.created(call) {
			if c.Owner() {
				continue
			}
			if call.Parent() == fn {
				names = append(names, c.Name)
			}
			names = append(names, flow.Captured(c.Name)...)
		}
	}
	return names
}

// Without returns what would become of c if the call ignored had no effect.
func (s *Set) Without(c *Creation, ignored ssa.Instruction) *flow.Outcome {
	subject := s.subject(c.Call.Parent(), c)
	subject.Ignore = ignored
	return flow.Explore(s, subject)
}

// Until returns what becomes of c on the paths that do not reach stop.
func (s *Set) Until(c *Creation, stop func(ssa.Instruction) bool) *flow.Outcome {
	subject := s.subject(c.Call.Parent(), c)
	subject.Watch = stop
	return flow.Explore(s, subject)
}

// ComesRound reports whether the call that made c may be reached again with c
// alive, or c be lost without a return, if the deferred call d did not count.
func (s *Set) ComesRound(c *Creation, d *ssa.Defer) bool {
	again := false
	subject := s.subject(c.Call.Parent(), c)
	subject.Ignore = d
	subject.Watch = func(instr ssa.Instruction) bool {
		again = again || instr == c.Call
		return again
	}
	outcome := flow.Explore(s, subject)
	return again || outcome.Overflow != "" || slices.ContainsFunc(outcome.Ends, func(e flow.End) bool {
		_, returns := e.At.(*ssa.Return)
		return e.Kind == flow.Lost && !returns
	})
}

// created returns the obligations that call creates.
func (s *Set) created(call *ssa.Call) []*Creation {
	callee := flow.Resolve(&call.Call)
	if callee.Obj == nil && !callee.Literal || callee.Fn == nil && !call.Call.IsInvoke() {
		return nil
	}
	if o := source.Lookup(callee.Obj); o != nil {
		c := &Creation{
			Call: call, Source: o.Name, Ultimate: o.Name,
			Result: fact.Result{Index: o.Result, Methods: o.Methods, Ctx: o.Ctx, Parent: o.Parent, Stop: o.Stop, Source: o.Name},
			Name:   flow.Name{Root: call, Path: flow.ResultPath(call, o.Result)},
			Parent: callee.Args[o.Parent],
		}
		if o.Timer >= 0 {
			c.Result.Life = fact.UntilTimer
			c.Result.Limit = constantDuration(callee.Args[o.Timer])
		}
		return []*Creation{c}
	}
	var results []fact.Result
	switch {
	case callee.Fn == nil:
		return nil
	case s.declared(callee.Fn):
		results = s.Results(callee.Fn)
	default:
		if f := s.imported(callee.Fn); f != nil {
			results = f.Results
		}
	}
	var all []*Creation
	groups := make(map[int]*Creation)
	for _, r := range results {
		if first := groups[r.Group]; first != nil && r.Group > 0 {
			first.Also = append(first.Also, flow.Name{Root: call, Path: flow.ResultPath(call, r.Index) + r.Path})
			continue
		}
		c := &Creation{
			Call: call, Source: displayName(callee, s.prog.Pkg.Pkg), Ultimate: r.Source, Result: r, Wrapped: true,
			Name: flow.Name{Root: call, Path: flow.ResultPath(call, r.Index) + r.Path},
		}
		if r.Parent >= 0 && r.Parent < len(callee.Args) {
			c.Parent = callee.Args[r.Parent]
		}
		if r.Holder > 0 && r.Holder <= len(callee.Args) {
			c.Holder = flow.Outermost(flow.Name{Root: callee.Args[r.Holder-1]})
		}
		if !s.declared(callee.Fn) && r.Path != "" {
			// Seen from outside, the owner itself is what must be released.
			c.Name.Path = flow.ResultPath(call, r.Index)
		}
		results := call.Call.Signature().Results()
		if k := results.Len() - 1; k > 0 && source.IsError(results.At(k).Type()) {
			c.Error = flow.ResultOf(call, k)
		}
		if c.Error == nil && r.Failure > 0 {
			c.Error = flow.ResultOf(call, r.Failure-1)
		}
		if r.OK > 0 {
			c.OK = flow.ResultOf(call, r.OK-1)
		}
		if r.Sign != "" {
			c.Sign = flow.Name{Root: call, Path: flow.ResultPath(call, r.Index) + r.Sign}
		}
		groups[r.Group] = c
		all = append(all, c)
	}
	return all
}

func displayName(c flow.Callee, from *types.Package) string {
	if c.Obj == nil {
		return "the function literal"
	}
	if recv := c.Obj.Signature().Recv(); recv != nil {
		if n := source.NamedType(recv.Type()); n != nil {
			return n.Obj().Name() + "." + c.Obj.Name()
		}
	}
	if c.Obj.Pkg() != nil && c.Obj.Pkg() != from {
		return c.Obj.Pkg().Name() + "." + c.Obj.Name()
	}
	return c.Obj.Name()
}

func constantDuration(v ssa.Value) string {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return ""
	}
	d := time.Duration(c.Int64()).String()
	if strings.HasSuffix(d, "m0s") {
		d = strings.TrimSuffix(d, "0s")
	}
	return strings.TrimSuffix(d, "0m")
}

// Results returns the obligations that fn's results carry.
func (s *Set) Results(fn *ssa.Function) []fact.Result {
	if done, ok := s.results[fn]; ok {
		return done
	}
	s.results[fn] = nil
	var all []fact.Result
	if returnsBare(fn.Signature) {
		return all
	}
	for k, c := range s.Creations(fn) {
		first := len(all)
		var carriers []fact.Result
		for _, e := range c.Outcome.Ends {
			if !handedOn(e) || c.Outcome.Overflow != "" {
				continue
			}
			for _, res := range e.Results {
				if roundabout(c.Outcome, res) {
					continue
				}
				r, ok := s.result(fn, c, e, res)
				r.OK = pairedOK(c.Outcome, fn)
				r.Failure = pairedFailure(c.Outcome, fn)
				r.Sign, r.Unset = s.pairedField(c, res)
				same := func(o fact.Result) bool { return o.Index == r.Index && o.Path == r.Path }
				switch {
				case slices.ContainsFunc(all, same) || slices.ContainsFunc(carriers, same):
				case ok:
					all = append(all, r)
				case isFunc(res.Value.Type()) && res.Path == "":
					carriers = append(carriers, r)
				}
			}
		}
		if len(all) > first {
			// A function that does more than release it is a way to meet
			// what another result owes.
			all = append(all, carriers...)
		}
		if differ(all[first:]) {
			for i := range all[first:] {
				all[first+i].Group = k + 1
			}
		}
	}
	s.results[fn] = all
	return all
}

// handedOn reports whether at e the value goes to the caller. Where that is given the
// context with a function that ends it, it is, even if others may end it as well:
//
//	s.cancels[id] = cancel
//	return ctx, func() { cancel(); delete(s.cancels, id) }
func handedOn(e flow.End) bool {
	return e.Kind == flow.Returned || e.Kind == flow.Held && e.Paired()
}

// returnsBare reports whether the results of sig have no room for an obligation.
func returnsBare(sig *types.Signature) bool {
	for r := range sig.Results().Variables() {
		if !source.Bare(r.Type()) {
			return false
		}
	}
	return true
}

func isFunc(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// differ reports whether there are several results among rs.
func differ(rs []fact.Result) bool {
	return slices.ContainsFunc(rs, func(r fact.Result) bool { return r.Index != rs[0].Index })
}

// roundabout reports whether the result res leads to the value by a way at whose
// end is another, shorter one: by a part of the object that refers back to it.
//
//	db.vlog = &valueLog{db: db}    // db.vlog.db.closer is db.closer
func roundabout(o *flow.Outcome, res flow.Result) bool {
	return slices.ContainsFunc(o.Ends, func(e flow.End) bool {
		return e.Kind == flow.Returned && slices.ContainsFunc(e.Results, func(s flow.Result) bool {
			return s.Index == res.Index && s.Path != "" && len(s.Path) < len(res.Path) && strings.HasSuffix(res.Path, s.Path)
		})
	})
}

// result describes one result of fn that carries c's obligation. ok is false
// where the caller could not release it: it is kept in a field that nothing
// the caller sees calls.
func (s *Set) result(fn *ssa.Function, c *Creation, e flow.End, res flow.Result) (fact.Result, bool) {
	r := fact.Result{
		Index: res.Index, Path: res.Path, Ctx: -1, Parent: -1,
		Life: c.Result.Life, Limit: c.Result.Limit, Source: c.Ultimate, Stop: c.Result.Stop,
	}
	for _, ctx := range e.Contexts {
		switch {
		case ctx.Path == "" && r.Ctx < 0:
			r.Ctx = ctx.Index
		case ctx.Index == res.Index && r.CtxPath == "":
			r.CtxPath = ctx.Path
		}
	}
	r.Idle = !e.Shared && !(c.Wrapped && !c.Result.Idle)
	if c.Parent != nil {
		s.derive(&r, fn, c.Parent)
	} else {
		noteHolder(&r, fn, flow.Name{Root: c.Holder.Root, Path: c.Holder.Path + c.Result.Held})
	}
	if e.Beside && r.Life == fact.Forever {
		r.Life = fact.UntilHolder // or as long as the channel delivers nothing
	}
	direct := c.Result.Path == "" && len(c.Result.Methods) > 0
	if res.Path == "" && !direct && source.Callable(res.Value.Type()) {
		return r, true
	}
	if direct && res.Path == "" { // an owner that is passed on as it came
		r.Methods, r.Ends = c.Result.Methods, c.Result.Ends
		return r, true
	}
	r.Methods, r.Ends = s.releaseMethods(res.Value, res.Path, c.Result.Methods)
	if len(r.Methods) > 0 || exportedPath(res.Value.Type(), res.Path) {
		return r, true
	}
	// No method of the result releases it, but code of this package does.
	r.Local = slices.ContainsFunc(e.Names, func(n flow.Reach) bool { return n.First.Known() && s.placeReleased(n.First) })
	return r, r.Local
}

// derive notes from which parameter of fn, or field of one, v derives, and what ends a
// context that is derived from it.
func (s *Set) derive(r *fact.Result, fn *ssa.Function, v ssa.Value) {
	root := s.Root(v)
	if p, ok := root.Value.(*ssa.Parameter); ok && root.Kind == FromParam && p.Parent() == fn {
		r.Parent = slices.Index(fn.Params, p)
		return
	}
	if root.Kind == FromField {
		noteHolder(r, fn, flow.Outermost(flow.Name{Root: root.Value}))
	}
	if r.Life == fact.UntilTimer {
		return
	}
	switch root.Kind {
	case FromNothing:
		r.Life = fact.Forever
	case FromField, FromGlobal:
		r.Life = fact.UntilHolder
	}
}

// noteHolder notes that the context called parent is in a parameter of fn, if it is.
func noteHolder(r *fact.Result, fn *ssa.Function, parent flow.Name) {
	if p, ok := parent.Root.(*ssa.Parameter); ok && p.Parent() == fn {
		r.Holder, r.Held = 1+slices.Index(fn.Params, p), parent.Path
	}
}

// releaseMethods returns the names of the methods of v's dynamic type that
// release the value found by path, or take it over; ends are those that do so
// only where they report the natural end.
func (s *Set) releaseMethods(v ssa.Value, path string, methods []string) (names, ends []string) {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
			continue
		case *ssa.ChangeInterface:
			v = x.X
			continue
		}
		break
	}
	t := v.Type()
	if types.IsInterface(t) {
		return nil, nil
	}
	if _, isPtr := types.Unalias(t).Underlying().(*types.Pointer); !isPtr && strings.HasPrefix(path, "*") {
		return nil, nil
	}
	// A struct value has the methods of its address as well.
	set := s.prog.Pkg.Prog.MethodSets.MethodSet(t)
	if _, isPtr := types.Unalias(t).(*types.Pointer); !isPtr && !types.IsInterface(t) {
		if _, named := types.Unalias(t).(*types.Named); named {
			if alt := s.prog.Pkg.Prog.MethodSets.MethodSet(types.NewPointer(t)); alt.Len() > set.Len() {
				set, path = alt, "*"+path
			}
		}
	}
	for i := range set.Len() {
		sel := set.At(i)
		fn := s.methodOf(sel)
		if fn == nil {
			continue
		}
		p := path
		if sig := fn.Signature.Recv(); sig != nil {
			if _, ptr := types.Unalias(sig.Type()).(*types.Pointer); !ptr && strings.HasPrefix(p, "*") && isPointer(sel.Recv()) {
				p = p[1:] // the method takes the value
			}
		}
		if e := s.Effect(fn, 0, p, methods); e != nil && (e.Released || e.Escaped || len(e.Held) > 0) {
			names = append(names, sel.Obj().Name())
			if e.Reports {
				ends = append(ends, sel.Obj().Name())
			}
		}
	}
	slices.Sort(names)
	slices.Sort(ends)
	return names, ends
}

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

// methodOf returns the body of a method, or of the wrapper that promotes it.
func (s *Set) methodOf(sel *types.Selection) *ssa.Function {
	obj := sel.Obj().(*types.Func)
	if len(sel.Index()) == 1 {
		if fn := s.prog.Pkg.Prog.FuncValue(obj.Origin()); fn != nil {
			return fn
		}
	}
	if types.IsInterface(sel.Recv()) || parameterized(sel.Recv()) {
		return nil
	}
	return s.prog.Pkg.Prog.MethodValue(sel)
}

func parameterized(t types.Type) bool {
	n := source.NamedType(t)
	return n != nil && n.TypeParams().Len() > 0
}

// exportedPath reports whether path leads through exported fields only, so
// that the caller can get at the value.
func exportedPath(t types.Type, path string) bool {
	if path == "" {
		return false
	}
	for path != "" {
		switch path[0] {
		case '*':
			p, ok := types.Unalias(t).Underlying().(*types.Pointer)
			if !ok {
				return false
			}
			t, path = p.Elem(), path[1:]
		case '.':
			end := strings.IndexByte(path, ';')
			i, err := strconv.Atoi(path[1:end])
			st, ok := types.Unalias(t).Underlying().(*types.Struct)
			if err != nil || !ok || i >= st.NumFields() || !st.Field(i).Exported() {
				return false
			}
			t, path = st.Field(i).Type(), path[end+1:]
		default:
			return true // an element of a container that the caller has
		}
	}
	return true
}
