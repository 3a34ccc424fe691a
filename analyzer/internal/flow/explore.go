// Package flow follows one obligation through one function.
//
// In comes a Subject: a value that must be released, known by its names at
// some point of a function. Out go its Ends: what becomes of it on each path
// from there. It is a may analysis over paths: a state is the set of names by
// which the value can be reached, with the conditions decided on the way, and
// transfer works on edges, so that a branch refines what it tests and a φ
// takes the value of its predecessor. "Released" is no part of the state: a
// path ends there, so nothing is lost at merges. The idea of an obligation as
// a set of aliases through which it can be met is that of Kellogg et al.,
// "Lightweight and Modular Resource Leak Verification", FSE 2021; we differ
// in following paths instead of joining them, within a bound.
//
// Function literals are followed where they are called, deferred or started;
// named functions are asked for through the Oracle. What flow refuses to know
// is rules: it says what happened, not whether that is a leak.
package flow

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// maxStates bounds the states visited for one subject. A typical subject
// needs one or two for each block; real functions past 4,000 are generated or
// have dozens of independent conditions. Past it the result is Overflow, and
// callers stay silent.
const maxStates = 4000

// maxWork bounds the instructions visited in one function for all its subjects
// together. The most that a function of kubelet, the controllers, prometheus,
// nats-server or etcd takes is 112,000; past the bound the subjects left are
// Overflow as well.
const maxWork = 1_000_000

// maxDepth bounds the nesting of function literals followed into.
const maxDepth = 4

// An EndKind says how a path ends for the value.
type EndKind int

const (
	// Released: it is called, or its release method is.
	Released EndKind = iota
	// Lost: nothing names it any more, and it was not released.
	Lost
	// Held: the function returns, and memory that outlives it names it.
	Held
	// Returned: a result names it.
	Returned
	// Escaped: code that is not known took it over.
	Escaped
	// Settled: there is nothing to release: the context is done, or a guard
	// says that there is no value.
	Settled
	// Unchanged: the function returns and the value is where it came from.
	Unchanged
)

// An End is one way in which a path ends.
type End struct {
	Kind EndKind
	At   ssa.Instruction // where the path ends
	By   ssa.Instruction // the last store or removal that took a name away, if any
	// Asked: the path depends on more than the plain parameters of the
	// function: on memory, or on what a call returned.
	Asked bool
	// Failing: the path goes on from an error that is not nil.
	Failing bool
	// Shared: the context was given to a call that did not fail, or to a
	// goroutine: something may wait for it.
	Shared bool
	// Lent is a call of unknown code that was given the value on the way,
	// and LentFailed says that the path goes on from its failure.
	Lent       ssa.Instruction
	LentFailed bool
	// Defer is the deferred call that releases, if one does.
	Defer *ssa.Defer
	// Waited: the release waits, in a goroutine, for a channel that is
	// someone else's.
	Waited bool
	// Names keep the value reachable after the return, for Held; for
	// Returned, they are the fields of what is returned that hold it; for
	// Escaped, the parts of what is handed over that lead to it.
	Names []Reach
	// Results are the results that name the value, for Returned.
	Results []Result
	// Contexts are the results that are, or have inside them, the context
	// that the release ends.
	Contexts []Result
	// True and False are the boolean results known to be so.
	True, False []int
	// Nil are the results known to be nil.
	Nil []int
	// Failed: the function's error result is known to be set here.
	// Succeeded: it is known to be nil.
	Failed, Succeeded bool

	above  bool    // settled, since a context above it is ended
	full   bool    // the value may have a name that was not remembered
	lentAs []Reach // the parts of what was lent
}

// A Reach is a name that keeps the value reachable after the return.
type Reach struct {
	Name
	Place Place
	Inner string          // the path from what is in Place to the value
	By    ssa.Instruction // the store that first put the value into memory
	First Place           // and the place that it put it
}

// A Result says that a result of the function names the value by Path.
type Result struct {
	Index int
	Path  string
	Value ssa.Value
}

// A Start is a name of the value where the subject begins.
type Start struct {
	Name
	Context bool // it is the context that the release ends
	Elder   bool // it is a context whose end ends that one as well
	Above   bool // it is the release function of such a context
	Held    bool // it is memory that outlives the function
	Place   Place
}

// A Subject is a value to follow.
type Subject struct {
	Fn      *ssa.Function
	After   ssa.Instruction // follow from here; nil: from the entry
	Names   []Start
	Methods []string // the methods that release it, where it is an owner
	// Ends are those of Methods that release it at its natural end only, and
	// report that by an error, or by false.
	Ends []string
	// Error is the error result paired with the creation: it is nil where
	// the value exists.
	Error ssa.Value
	// OK is the boolean result paired with it: true where the value exists.
	OK ssa.Value
	// Base, if its Root is set, is the object in whose memory an old value
	// is looked for, so that tests of its other fields count as guards.
	Base Name
	// Place is where that old value is.
	Place Place
	// Timer says that the context has a deadline.
	Timer bool
	// Passing says that the value is only passed around (a context, not a
	// release): calls do not take it over, and what derives from it counts.
	Passing bool
	// Ignore is a call that is taken to have no effect.
	Ignore ssa.Instruction
	// Watch is told of every instruction reached with the value alive.
	Watch func(ssa.Instruction) (stop bool)

	inner bool // a question that following another subject raised
}

// An Outcome is all that may become of a subject.
type Outcome struct {
	Ends     []End
	Overflow string // why the subject was given up, so that Ends are incomplete; or ""
	// Looped are the deferred calls of function literals, in loops, that would
	// release the value.
	Looped []*ssa.Defer
}

// Has reports whether some path ends in one of kinds.
func (o *Outcome) Has(kinds ...EndKind) bool {
	return slices.ContainsFunc(o.Ends, func(e End) bool { return slices.Contains(kinds, e.Kind) })
}

// An Effect is what a call does to the value inside one of its arguments.
type Effect struct {
	Released  bool // some path releases it
	Unchanged bool // some path leaves it where it was
	Escaped   bool // some path hands it to code that is not known
	Forgets   bool // whether it does depends on its plain arguments alone, or on an error
	OnFailure bool // it releases where its error result is set, and only there
	Reports   bool // it releases where its last result is an error, or false, and only there
	Dropped   bool // every path takes the name away without releasing
	Waited    bool // every release waits for someone else's channel
	Held      []HeldBy
	Returned  []Result
}

// HeldBy says where a callee keeps what it was given: inside the argument
// Arg (or, if Arg < 0, elsewhere) by Path.
type HeldBy struct {
	Arg    int
	Global *ssa.Global
	Path   string
	Place  Place
	Inner  string
	First  Place
	By     ssa.Instruction
}

// An Oracle answers for what lies outside the function.
type Oracle interface {
	// Effect of calling fn on the value found by path in argument arg. nil: unknown.
	Effect(fn *ssa.Function, arg int, path string, methods []string) *Effect
	// Surveys are those of the functions that have been explored.
	Surveys() *Surveys
	// DoneWith is 1 + the parameter of fn that is done just when the context is
	// that fn returns, or 0.
	DoneWith(fn *ssa.Function) int
	// NoReturn reports whether fn never returns.
	NoReturn(fn *ssa.Function) bool
	// Pure reports whether equal calls of fn, nearby, have equal results.
	Pure(fn *ssa.Function) bool
	// TestsNil reports whether fn only reports whether what path leads to
	// in argument arg is nil (null), or is not.
	TestsNil(fn *ssa.Function) (arg int, path string, null, ok bool)
	// TestsEnd reports whether fn only reports whether the context to which path
	// leads in argument arg is done (ended), or is not.
	TestsEnd(fn *ssa.Function) (arg int, path string, ended, ok bool)
	// Reopened reports whether some function stores to field, in an object
	// that exists already, a value that opens a guard, and does not release
	// what place holds.
	Reopened(field *types.Var, opens func(ssa.Value) bool, place Place) bool
	// Changes reports whether some function stores to field in an object that
	// exists already.
	Changes(field *types.Var) bool
	// SetOnRelease reports whether functions that release what place holds,
	// and no others, set field in an object that exists already to anything
	// but its zero value.
	SetOnRelease(field *types.Var, place Place) bool
	// SetTogether reports whether flag is set wherever something is stored in
	// place, and set back only by functions that release that.
	SetTogether(flag *types.Var, place Place) bool
	// Closed reports whether the package closes the channel in place.
	Closed(place Place) bool
	// Kept reports whether the release function that call returns goes to
	// an owner, beside the context.
	Kept(call *ssa.Call) bool
	// Fresh reports whether result i of fn is always an object that the
	// call made, and that nothing else refers to.
	Fresh(fn *ssa.Function, i int) bool
	// Method finds the method that v.name() calls, where v's dynamic type is known.
	Method(v ssa.Value, method *types.Func) *ssa.Function
}

// A run is the exploration of one subject.
type run struct {
	oracle  Oracle
	subject *Subject
	*survey
	ids       map[ssa.Value]string
	deferIDs  map[*ssa.Defer]int
	ends      []End
	states    int
	overflow  string // why the subject was given up, or ""
	depth     int
	spawned   int
	deferring *ssa.Defer // the deferred call being run
	looped    []*ssa.Defer
}

// Strict makes a panic of the exploration escape, for tests. Otherwise the
// subject counts as too hard to follow, and the package's other findings are
// kept.
var Strict bool

// Explore follows the subject along every path.
func Explore(o Oracle, subject *Subject) (outcome *Outcome) {
	if !Strict {
		defer func() {
			if x := recover(); x != nil {
				outcome = &Outcome{Overflow: fmt.Sprint("internal error: ", x)}
			}
		}()
	}
	r := &run{
		oracle:   o,
		subject:  subject,
		ids:      make(map[ssa.Value]string),
		deferIDs: make(map[*ssa.Defer]int),
	}
	r.survey = o.Surveys().of(r, subject.Fn)
	if subject.After != nil {
		r.work += len(subject.Fn.Blocks) // before looks at them
	}

	s := new(state)
	for _, n := range subject.Names {
		it := item{Name: n.Name, held: n.Held, given: true, place: n.Place}
		switch {
		case n.Context:
			it.kind = self
		case n.Elder:
			it.kind = elder
		case n.Above:
			it.kind = above
		}
		s.items = append(s.items, it)
	}
	block, index, begin := subject.Fn.Blocks[0], 0, []*state{s}
	if at := subject.After; at != nil {
		block = at.Block()
		index = slices.Index(block.Instrs, at) + 1
		begin = r.before(s, at)
		if len(begin) == 0 { // nothing comes there
			r.end(End{Kind: Settled, At: at})
		}
	}
	for i := range begin {
		if subject.Error != nil {
			begin[i] = begin[i].assume(condition{op: "nil", x: operandOf(subject.Error)}, true)
		}
		if subject.OK != nil {
			begin[i] = begin[i].assume(condition{op: "bool", x: operandOf(subject.OK)}, true)
		}
	}
	r.walk(block, index, begin, func(ret *ssa.Return, s *state) { r.exit(ret, s) })
	return &Outcome{Ends: settleLoans(r.ends), Overflow: r.overflow, Looped: r.looped}
}

// reachedFrom are the blocks, by index, from which to can be reached, it included.
func reachedFrom(to *ssa.BasicBlock) []bool {
	return connected([]*ssa.BasicBlock{to}, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
}

// reachableFrom are the blocks, by index, that control may be in after from, it
// included.
func reachableFrom(from *ssa.BasicBlock) []bool {
	return connected([]*ssa.BasicBlock{from}, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Succs })
}

func connected(work []*ssa.BasicBlock, next func(*ssa.BasicBlock) []*ssa.BasicBlock) []bool {
	if len(work) == 0 {
		return nil
	}
	seen := make([]bool, len(work[0].Parent().Blocks))
	for _, b := range work {
		seen[b.Index] = true
	}
	work = slices.Clone(work)
	for len(work) > 0 {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		for _, p := range next(b) {
			if !seen[p.Index] {
				seen[p.Index] = true
				work = append(work, p)
			}
		}
	}
	return seen
}

type node struct {
	block *ssa.BasicBlock
	index int
	*state
}

// walk follows every path from instruction index of block on, with each of the
// states, and calls exit with the state at each return that a path reaches.
func (r *run) walk(block *ssa.BasicBlock, index int, begin []*state, exit func(*ssa.Return, *state)) {
	seen := make(map[string]bool)
	var work []node
	for _, s := range begin {
		work = append(work, node{block, index, s})
	}
	push := func(n node) {
		key := strconv.Itoa(n.block.Index) + "." + strconv.Itoa(n.index) + ":" + r.encode(n.state)
		if !seen[key] {
			seen[key] = true
			work = append(work, n)
		}
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if r.states++; r.states > maxStates {
			r.overflow = "too many states"
			return
		}
		r.block(n, push, exit)
		if r.overflow != "" {
			return
		}
	}
}

// block follows one path to the end of its block.
func (r *run) block(n node, push func(node), exit func(*ssa.Return, *state)) {
	s := n.state
	for i := n.index; i < len(n.block.Instrs); i++ {
		instr := n.block.Instrs[i]
		if r.work++; r.work > maxWork {
			r.overflow = "too much work in the function"
			return
		}
		if r.subject.Watch != nil && r.depth == 0 && r.subject.Watch(instr) {
			return
		}
		switch instr := instr.(type) {
		case *ssa.If:
			for k, succ := range n.block.Succs {
				t, o := r.assumeBranch(s, instr, k == 0)
				switch o {
				case feasible:
					if t := r.enter(t, n.block, succ); r.alive(t, instr) {
						push(node{succ, 0, t})
					}
				case settled:
					r.end(s.path(End{Kind: Settled, At: instr}))
				case sent:
					r.handedOver(instr, sentBy(instr.Cond), s)
				}
			}
			return
		case *ssa.Jump:
			if t := r.enter(s, n.block, n.block.Succs[0]); r.alive(t, instr) {
				push(node{n.block.Succs[0], 0, t})
			}
			return
		case *ssa.Return:
			exit(instr, s)
			return
		case *ssa.Panic:
			return
		case *ssa.Phi:
			// done by enter
		default:
			next := r.transfer(instr, s)
			next = slices.DeleteFunc(next, func(t *state) bool { return !r.alive(t, instr) })
			if len(next) != 1 {
				for _, t := range next {
					push(node{n.block, i + 1, t})
				}
				return
			}
			s = next[0]
		}
	}
}

// alive reports whether the value still has a name after instr; where it has
// none, the path ends.
func (r *run) alive(s *state, instr ssa.Instruction) bool {
	if s.live() {
		return true
	}
	r.end(s.path(End{Kind: Lost, At: instr, By: s.lostBy}))
	return false
}

// enter moves along an edge: each φ of the target takes the value of its
// predecessor.
func (r *run) enter(s *state, from, to *ssa.BasicBlock) *state {
	k := slices.Index(to.Preds, from)
	var alias []binding
	s = s.kill(func(it item) bool { return !it.held && it.Root != nil && done(it.Root, from, to) })
	s = r.afterTurn(s, to)
	before := s
	var begins *ssa.BasicBlock
	if _, _, ok := begun(to, from); ok {
		begins = from
	}
	if s.before != begins {
		s = s.with(func(c *state) { c.before = begins })
	}
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		if n := before.outermost(Name{phi.Edges[k], ""}); len(before.under(n)) > 0 && n.Root != phi {
			alias = append(alias, binding{phi, n})
		}
	}
	for _, instr := range to.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			break
		}
		e := phi.Edges[k]
		if e == phi {
			continue
		}
		s = s.redefined(phi)
		if r.counters[phi] {
			s = s.count(phi, e)
		}
		if r.stored[operandOf(phi)] || r.asked(phi) {
			// Learn from what was known before the edge, since φs are parallel.
			known := r.learn(before, operand{phi, ""}, e)
			for _, f := range known.facts {
				if f.x.root == phi {
					s = s.assume(f.condition, f.truth)
				}
			}
		}
	}
	s = r.forgetIdle(s, to)
	if len(alias) > 0 {
		s = s.with(func(c *state) {
			// An alias may only lead to a name that survived.
			for _, b := range alias {
				if _, isPhi := b.to.Root.(*ssa.Phi); isPhi && b.to.Root.(*ssa.Phi).Block() == to {
					continue
				}
				c.alias = append(slices.Clone(c.alias), b)
			}
		})
	}
	return s
}

// done reports whether v is a load that only its own block, from, uses: behind
// the edge to the block to it is no name of anything any more. A large function
// loads its variables hundreds of times.
func done(v ssa.Value, from, to *ssa.BasicBlock) bool {
	load, ok := v.(*ssa.UnOp)
	return ok && load.Op == token.MUL && load.Block() == from && from != to &&
		!slices.ContainsFunc(*load.Referrers(), func(ref ssa.Instruction) bool { return ref.Block() != from })
}

// asked reports whether a branch tests phi.
func (r *run) asked(phi *ssa.Phi) bool {
	o := operand{phi, ""}
	return r.conditions[condition{op: "nil", x: o}] > 0 || r.conditions[condition{op: "bool", x: o}] > 0
}

// exit decides what a return leaves of the value.
func (r *run) exit(ret *ssa.Return, s *state) {
	e := s.path(End{At: ret, By: s.lostBy})
	if k := len(ret.Results) - 1; k >= 0 && source.IsError(ret.Results[k].Type()) {
		null, known := r.nilness(s, ret.Results[k])
		e.Failed, e.Succeeded = known && !null, known && null
	}
	for i, v := range ret.Results {
		for _, it := range s.owedUnder(Name{v, ""}) {
			e.Results = append(e.Results, Result{i, it.Path, v})
		}
	}
	for i, v := range ret.Results {
		switch v.Type().Underlying().(type) {
		case *types.Pointer, *types.Interface:
			if null, known := r.nilness(s, v); known && null {
				e.Nil = append(e.Nil, i)
			}
		}
		if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
			known := r.learn(s, operand{v, "result"}, v)
			switch truth, ok := known.decided(condition{op: "bool", x: operand{v, "result"}}); {
			case ok && truth:
				e.True = append(e.True, i)
			case ok:
				e.False = append(e.False, i)
			}
		}
		for _, it := range s.under(Name{v, ""}) {
			if it.kind == self {
				e.Contexts = append(e.Contexts, Result{i, it.Path, v})
			}
		}
	}
	if r.productReturned(ret, s) {
		r.end(End{Kind: Escaped, At: ret})
		return
	}
	for _, it := range s.heldItems() {
		e.Names = append(e.Names, Reach{it.Name, it.place, it.inner, it.by, it.first})
	}
	switch {
	case r.unchanged(s):
		e.Kind = Unchanged
	case len(e.Names) > 0:
		e.Kind = Held
	case len(e.Results) > 0:
		e.Kind = Returned
		for _, it := range s.items {
			if it.kind == owed && it.place.Known() {
				e.Names = append(e.Names, Reach{it.Name, it.place, it.inner, it.by, it.first})
			}
		}
	default:
		e.Kind = Lost
	}
	r.end(e)
}

// unchanged reports whether the subject is still found where it began, and
// nowhere else that outlives the function. Only what began as memory can be.
func (r *run) unchanged(s *state) bool {
	still := false
	for _, n := range r.subject.Names {
		if n.Context || n.Elder || n.Above || !n.Held {
			continue
		}
		for _, it := range s.items {
			if it.kind == owed && it.Name == n.Name {
				still = true
			}
		}
	}
	if !still {
		return false
	}
	return !slices.ContainsFunc(s.heldItems(), func(it item) bool {
		return !slices.ContainsFunc(r.subject.Names, func(n Start) bool { return n.Name == it.Name })
	})
}

func (r *run) end(e End) {
	if e.Kind == Lost && e.full {
		r.overflow = "too many names"
		return
	}
	if e.Kind == Released && e.Defer == nil {
		e.Defer = r.deferring
	}
	if !slices.ContainsFunc(r.ends, func(o End) bool {
		return o.Kind == e.Kind && o.At == e.At && o.By == e.By && o.Waited == e.Waited && o.Defer == e.Defer &&
			o.Asked == e.Asked && o.Shared == e.Shared && o.Failing == e.Failing && o.Lent == e.Lent && o.LentFailed == e.LentFailed &&
			slices.Equal(o.Names, e.Names) && slices.Equal(o.Results, e.Results) &&
			slices.Equal(o.Nil, e.Nil) && slices.Equal(o.True, e.True) && slices.Equal(o.False, e.False)
	}) {
		r.ends = append(r.ends, e)
	}
}

func (r *run) id(v ssa.Value) string {
	id, ok := r.ids[v]
	if !ok {
		id = strconv.Itoa(len(r.ids))
		r.ids[v] = id
	}
	return id
}

func (r *run) deferID(d *ssa.Defer) int {
	id, ok := r.deferIDs[d]
	if !ok {
		id = len(r.deferIDs)
		r.deferIDs[d] = id
	}
	return id
}
