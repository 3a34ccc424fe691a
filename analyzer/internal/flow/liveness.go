package flow

// This file tells names that are of no use any more from those that are: paths that
// differ only in the former do the same.

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// maxDerived bounds the values that are taken from one whose end is looked for. One
// from which more are is taken to be of use everywhere.
const maxDerived = 64

// forgetDead drops, from block to on, the names that nothing leads to any more, as
// long as another is left, and what the φs stand for that are not used.
func (r *run) forgetDead(s *state, to *ssa.BasicBlock) *state {
	dead := func(v ssa.Value) bool { return !r.useful(v, to) }
	spare := func(it item) bool {
		return it.Root != nil && !it.held && !it.given && !it.place.Known() && dead(it.Root)
	}
	if slices.ContainsFunc(s.items, func(it item) bool { return it.kind == owed && !spare(it) }) {
		s = s.kill(spare)
	}
	if over := func(b binding) bool { return dead(b.v) }; slices.ContainsFunc(s.alias, over) {
		s = s.with(func(c *state) { c.alias = slices.DeleteFunc(slices.Clone(s.alias), over) })
	}
	return s
}

// useful reports whether v, or what was taken from it, is used from block to on, as
// it is now. What is kept for later, or is none of the block's function's own,
// always is.
func (r *run) useful(v ssa.Value, to *ssa.BasicBlock) bool {
	if v.Parent() != to.Parent() || v.Referrers() == nil || len(to.Parent().Blocks) > maxForgetting {
		return true
	}
	blocks, ok := r.lives[v]
	if !ok {
		blocks = livesIn(v)
		r.lives[v] = blocks
	}
	return blocks == nil || blocks[to.Index]
}

// livesIn are the blocks, by index, from which on v is useful; nil, if it always is.
func livesIn(v ssa.Value) []bool {
	lives := make([]bool, len(v.Parent().Blocks))
	all := []ssa.Value{v}
	for i := 0; i < len(all); i++ {
		if len(all) > maxDerived {
			return nil
		}
		var uses []*ssa.BasicBlock
		for _, ref := range referrers(all[i]) {
			switch ref := ref.(type) {
			case *ssa.Defer, *ssa.Go, *ssa.MakeClosure:
				return nil
			case *ssa.Store:
				if _, variable := ref.Addr.(*ssa.Alloc); variable && ref.Val == all[i] {
					return nil // which leads back to it, if it is assigned nothing else
				}
			case *ssa.DebugRef:
				continue
			case ssa.Value:
				if !slices.Contains(all, ref) && takes(ref) {
					all = append(all, ref)
				}
			}
			uses = append(uses, ref.Block())
		}
		for k, reaches := range reachedFrom(uses...) {
			lives[k] = lives[k] || reaches && !madeAfter(all[i], v.Parent().Blocks[k])
		}
	}
	return lives
}

// takes reports whether a name of v may lead to what v is made from.
func takes(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Call:
		_, _, ok := outward(Name{v, ""})
		return ok
	case *ssa.BinOp, *ssa.Select, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice:
		return false
	}
	return true
}
