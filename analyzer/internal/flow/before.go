package flow

// This file decides what is known where a subject begins in the middle of its
// function.

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// before adds what the paths to at have decided, and the deferred calls that may
// be pending there.
func (r *run) before(s *state, at ssa.Instruction) []*state {
	reach := reachedFrom(at.Block())
	var defers []*ssa.Defer
	for _, b := range at.Parent().Blocks {
		if !reach[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			if instr == at {
				break
			}
			if d, ok := instr.(*ssa.Defer); ok && (!decidedAtOnce(d) && !ofEarlierTurn(d, at) || s.holds(above, Name{d.Call.Value, ""})) {
				defers = append(defers, d)
			}
		}
	}
	var all []*state
	around := r.factsAround(at.Parent())
	for _, facts := range r.factsBefore(at) {
		facts = append(facts, around...)
		all = append(all, r.constantsBefore(s.with(func(n *state) { n.facts, n.defers = facts, defers }), at, reach))
	}
	return all
}

// ofEarlierTurn reports whether d, where it is pending at at, has captured
// variables of an earlier turn of a loop and no others.
func ofEarlierTurn(d *ssa.Defer, at ssa.Instruction) bool {
	mc := Resolve(&d.Call).Closure
	if mc == nil || len(d.Call.Args) > 0 || len(mc.Bindings) == 0 {
		return false
	}
	return !slices.ContainsFunc(mc.Bindings, func(b ssa.Value) bool {
		a, variable := b.(*ssa.Alloc)
		return !variable || !madeBetween(a, d, at)
	})
}

// madeBetween reports whether every way from one instruction to the next that is
// at makes the variable a.
func madeBetween(a *ssa.Alloc, from, at ssa.Instruction) bool {
	if from.Block() == at.Block() && DominatedBy(at, from) {
		return false
	}
	reached := connected(from.Block().Succs, func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		if b == a.Block() || b == at.Block() {
			return nil
		}
		return b.Succs
	})
	return reached == nil || !reached[at.Block().Index] || a.Block() == at.Block() && DominatedBy(at, a)
}

// maxWays bounds the alternatives of what is known where a subject begins.
const maxWays = 4

// factsBefore are the conditions that paths to at have decided, as far as they can
// matter after it: of the alternatives that it returns, one holds. There is none
// where no path comes to at.
//
//	if a || b {
//		ctx, cancel = context.WithCancel(ctx)    // a, or !a and b
func (r *run) factsBefore(at ssa.Instruction) [][]fact {
	all := [][]fact{nil}
	for b := at.Block(); b.Idom() != nil; b = b.Idom() {
		ways := r.waysTo(b, at.Block())
		if len(ways) == 0 || len(ways)*len(all) > maxWays {
			continue
		}
		var more [][]fact
		for _, known := range all {
			for _, way := range ways {
				s := &state{facts: known}
				if s.learnAll(way...) {
					more = append(more, s.facts)
				}
			}
		}
		all = more
	}
	return all
}

// factsAround are the conditions that were decided where the function literal fn
// was made, of what does not change any more.
//
//	if quiet {
//		go func() {    // quiet
func (r *run) factsAround(fn *ssa.Function) []fact {
	s := new(state)
	for made := MadeAt(fn); made != nil; made = MadeAt(made.Parent()) {
		for branch, truth := range Decided(made.Block()) {
			c, sense := r.conditionOf(branch.Cond)
			if c.x.fixed() && c.y.fixed() && (len(r.mentionsOf(c.x)) > 0 || len(r.mentionsOf(c.y)) > 0) {
				s.learnAll(fact{c, truth == sense})
			}
		}
	}
	return s.facts
}

// learnAll adds earlier facts to a state that nobody shares yet, where those that
// it has do not decide them. It reports whether both can hold.
func (s *state) learnAll(earlier ...fact) (possible bool) {
	s.facts = slices.Clone(s.facts)
	for _, f := range earlier {
		switch truth, ok := s.decided(f.condition); {
		case !ok:
			s.facts = append(s.facts, f)
		case truth != f.truth && f.x.fixed() && f.y.fixed():
			return false
		}
	}
	return true
}

// waysTo are what the branches between b and the block that dominates it have
// decided, one of them for each edge to b; none where that is not known, or says
// nothing.
func (r *run) waysTo(b, at *ssa.BasicBlock) [][]fact {
	var ways [][]fact
	for _, p := range b.Preds {
		way, known, possible := r.way(b.Idom(), p, b, at)
		if !known {
			return nil
		}
		if possible {
			ways = append(ways, way)
		}
	}
	if len(ways) == 2 && len(ways[0]) == 1 && len(ways[1]) == 1 && ways[0][0].condition == ways[1][0].condition {
		return nil // this, or its contrary
	}
	return ways
}

// way are the facts on the only path from one block to the edge from p to b, those
// that are used from at on.
func (r *run) way(from, p, b, at *ssa.BasicBlock) (facts []fact, known, possible bool) {
	s := new(state)
	possible = true
	learn := func(c condition, truth bool) {
		if r.correlated(c) && r.used(c.x, at) && r.used(c.y, at) {
			possible = s.learnAll(fact{c, truth}) && possible
		}
	}
	for {
		if branch, ok := p.Instrs[len(p.Instrs)-1].(*ssa.If); ok && p.Succs[0] != p.Succs[1] {
			c, sense := r.conditionOf(branch.Cond)
			learn(c, (p.Succs[0] == b) == sense)
			if c, sense, ok := enteredOn(p, b); ok {
				learn(c, (p.Succs[0] == b) == sense)
			}
		}
		if p == from {
			return s.facts, true, possible
		}
		if len(p.Preds) != 1 {
			return nil, false, false
		}
		p, b = p.Preds[0], p
	}
}

// enteredOn is what the branch of a loop's header asked in the first turn, if
// the loop is left where the answer is not to go on to body.
func enteredOn(header, body *ssa.BasicBlock) (c condition, sense, ok bool) {
	for _, p := range header.Preds {
		if header.Dominates(p) {
			continue
		}
		if c, sense, ok = begun(header, p); !ok || !c.x.fixedBefore(header) || !c.y.fixedBefore(header) {
			return c, false, false
		}
	}
	leaves := !slices.ContainsFunc(header.Succs, func(b *ssa.BasicBlock) bool { return b != body && Reaches(b, header) })
	return c, sense, ok && leaves
}

// constantsBefore adds the values of variables that only one store before at
// sets, to a constant, on every path to it.
func (r *run) constantsBefore(s *state, at ssa.Instruction, reach []bool) *state {
	stores := make(map[ssa.Value][]*ssa.Store)
	for _, b := range at.Parent().Blocks {
		if !reach[b.Index] {
			continue
		}
		for _, instr := range b.Instrs {
			if instr == at && len(LoopsAround(b)) == 0 {
				break
			}
			if st, ok := instr.(*ssa.Store); ok {
				if _, variable := st.Addr.(*ssa.Alloc); variable {
					stores[st.Addr] = append(stores[st.Addr], st)
				}
			}
		}
	}
	for addr, all := range stores {
		if _, isConst := all[0].Val.(*ssa.Const); isConst && len(all) == 1 && DominatedBy(at, all[0]) {
			s = r.learn(s, operand{addr, "*"}, all[0].Val)
		}
	}
	return s
}
