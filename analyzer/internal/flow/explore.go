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
	"slices"

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

// A run is the exploration of one subject.
type run struct {
	oracle  Oracle
	subject *Subject
	*survey
	encoder
	deferIDs  map[*ssa.Defer]int
	ends      []End
	states    int
	bound     int    // of states
	overflow  string // why the subject was given up, or ""
	depth     int
	spawned   int
	deferring *ssa.Defer      // the deferred call being run
	turns     *ssa.BasicBlock // if not nil, paths end where they come to it
	looped    []*ssa.Defer
}

// Strict makes a panic of the exploration escape, for tests. Otherwise the
// subject counts as too hard to follow, and the package's other findings are
// kept.
var Strict bool

// Timed, if it is set, is told when a function begins to be followed, and by the
// function that it returns when that ends, for tests. What is asked on the way is
// followed in between.
var Timed func(Oracle, *ssa.Function) (end func())

// Explore follows the subject along every path.
func Explore(o Oracle, subject *Subject) (outcome *Outcome) {
	if !Strict {
		defer func() {
			if x := recover(); x != nil {
				outcome = &Outcome{Overflow: fmt.Sprint("internal error: ", x)}
			}
		}()
	}
	if Timed != nil {
		defer Timed(o, subject.Fn)()
	}
	r := &run{
		oracle:   o,
		subject:  subject,
		encoder:  encoder{ids: make(map[ssa.Value]int)},
		deferIDs: make(map[*ssa.Defer]int),
		bound:    maxStates,
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
		if sign := subject.Sign; sign.Root != nil {
			x := operand{sign.Root, sign.Path}
			switch t := sign.Type(); {
			case t == nil: // of another version of what is imported
			case source.IsBool(t):
				begin[i] = begin[i].assume(condition{op: "bool", x: x}, !subject.Unset)
			case source.IsError(t):
				begin[i] = begin[i].assume(condition{op: "nil", x: x}, subject.Unset)
			}
		}
	}
	r.walk(block, index, begin, func(ret *ssa.Return, s *state) { r.exit(ret, s) })
	return &Outcome{Ends: settleLoans(r.ends), Overflow: r.overflow, Looped: r.looped}
}

// reachedFrom are the blocks, by index, from which one of to can be reached, these
// included.
func reachedFrom(to ...*ssa.BasicBlock) []bool {
	return connected(to, func(b *ssa.BasicBlock) []*ssa.BasicBlock { return b.Preds })
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
	seen := make(covered)
	var work []node
	for _, s := range begin {
		work = append(work, node{block, index, s})
	}
	push := func(n node) {
		if seen.first(r.encode(n.block.Index, n.index, n.state), n.state) {
			work = append(work, n)
		}
	}
	for len(work) > 0 {
		n := work[len(work)-1]
		work = work[:len(work)-1]
		if r.states++; r.states > r.bound {
			r.overflow = "too many states"
			return
		}
		if n.block == r.turns && n.index == 0 {
			exit(nil, n.state)
			continue
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
	var own []item // of φs, so that they survive a store to the memory they were loaded from
	s = s.kill(func(it item) bool { return !it.held && it.Root != nil && done(it.Root, from, to) })
	s = r.afterTurn(s, to)
	before := s
	var begins *ssa.BasicBlock
	if _, _, ok := begun(to, from); ok || r.subject.Verdict && r.depth == 0 && verdictOf(to) != nil {
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
		if phi.Edges[k] == phi { // what it stands for is known
			continue
		}
		n := before.outermost(Name{phi.Edges[k], ""})
		found := before.loaded(phi, n)
		if len(found) == 0 || n.Root == phi {
			continue
		}
		alias = append(alias, binding{phi, n})
		if n.Path != "" {
			own = append(own, found...)
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
			known := r.learn(before, operand{incoming, ""}, e)
			for _, f := range known.facts {
				if f.x.root == incoming {
					f.x.root = phi // what was known of its value before is no more
					s = s.assume(f.condition, f.truth)
				}
			}
		}
	}
	s = r.forgetDead(r.forgetIdle(s.add(own...), to), to)
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

// incoming stands for the value that a φ is about to have.
var incoming = new(ssa.Phi)

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

func (r *run) deferID(d *ssa.Defer) int {
	id, ok := r.deferIDs[d]
	if !ok {
		id = len(r.deferIDs)
		r.deferIDs[d] = id
	}
	return id
}
