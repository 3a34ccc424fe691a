package flow

import (
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A Loop is a natural loop: the blocks from which its header is reached again
// without leaving the header's dominance.
type Loop struct {
	Header *ssa.BasicBlock
	Blocks map[*ssa.BasicBlock]bool
}

// LoopsAround returns the loops that b is in.
func LoopsAround(b *ssa.BasicBlock) []Loop {
	var all []Loop
	for _, h := range b.Parent().Blocks {
		l := Loop{h, map[*ssa.BasicBlock]bool{}}
		for _, tail := range h.Preds {
			if !h.Dominates(tail) {
				continue
			}
			l.Blocks[h] = true
			work := []*ssa.BasicBlock{tail}
			for len(work) > 0 {
				x := work[len(work)-1]
				work = work[:len(work)-1]
				if !l.Blocks[x] {
					l.Blocks[x] = true
					work = append(work, x.Preds...)
				}
			}
		}
		if l.Blocks[b] {
			all = append(all, l)
		}
	}
	return all
}

// Unbounded reports whether nothing shows that the loop ends after a number
// of turns known when it starts: it does not range over a slice, array, map,
// string or integer, and does not count.
func (l Loop) Unbounded() bool {
	for b := range l.Blocks {
		branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
		if !ok || l.Blocks[b.Succs[0]] && l.Blocks[b.Succs[1]] {
			continue
		}
		if counts(branch.Cond) {
			return false
		}
		if e, ok := branch.Cond.(*ssa.Extract); ok {
			if _, ranged := e.Tuple.(*ssa.Next); ranged {
				return false
			}
		}
	}
	return true
}

// counts reports whether cond compares a counter that goes up or down by a
// constant each turn.
func counts(cond ssa.Value) bool {
	cmp, ok := cond.(*ssa.BinOp)
	if !ok {
		return false
	}
	switch cmp.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.NEQ:
	default:
		return false
	}
	return slices.ContainsFunc([]ssa.Value{cmp.X, cmp.Y}, counter)
}

func counter(v ssa.Value) bool {
	if b, ok := v.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
		return false
	}
	if add, ok := v.(*ssa.BinOp); ok && (add.Op == token.ADD || add.Op == token.SUB) {
		v = add.X
	}
	phi, ok := v.(*ssa.Phi)
	if !ok {
		return false
	}
	return slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool {
		add, ok := e.(*ssa.BinOp)
		if !ok || add.Op != token.ADD && add.Op != token.SUB {
			return false
		}
		_, isConst := add.Y.(*ssa.Const)
		return add.X == phi && isConst
	})
}

// Reaches reports whether control can go from block a to block b by at least
// one edge, within l.
func (l Loop) Reaches(a, b *ssa.BasicBlock) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := slices.Clone(a.Succs)
	for len(work) > 0 {
		x := work[len(work)-1]
		work = work[:len(work)-1]
		if x == b {
			return true
		}
		if seen[x] || !l.Blocks[x] {
			continue
		}
		seen[x] = true
		work = append(work, x.Succs...)
	}
	return false
}

// ResultValue is the value that a return gives: where the function has deferred
// calls, go/ssa returns what it loads from a variable of its own, and the value is
// that of the last store to it in the block.
func ResultValue(v ssa.Value) ssa.Value {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return v
	}
	if _, local := load.X.(*ssa.Alloc); !local {
		return v
	}
	for _, instr := range load.Block().Instrs {
		if st, ok := instr.(*ssa.Store); ok && st.Addr == load.X {
			v = st.Val
		}
	}
	return v
}

// UnboundedBody reports whether fn is the body of a range over a function that
// may yield without end: not one of packages slices and maps.
//
//	for x := range seq { … }    // seq(func(x T) bool { … })
func UnboundedBody(fn *ssa.Function) bool {
	if fn.Synthetic != "range-over-func yield" || fn.Referrers() == nil {
		return false
	}
	for _, ref := range *fn.Referrers() {
		mc, ok := ref.(*ssa.MakeClosure)
		if !ok {
			continue
		}
		for _, use := range *mc.Referrers() {
			loop, ok := use.(*ssa.Call)
			if !ok {
				continue
			}
			maker, ok := loop.Call.Value.(*ssa.Call)
			if !ok {
				return true
			}
			if obj := Resolve(&maker.Call).Obj; obj != nil && obj.Pkg() != nil {
				switch obj.Pkg().Path() {
				case "slices", "maps":
					return false
				}
			}
			return true
		}
	}
	return false
}

// Decided yields the branches that control can only come to b by one way of, the
// nearest first, and whether that is the way where the condition holds.
func Decided(b *ssa.BasicBlock) iter.Seq2[*ssa.If, bool] {
	return func(yield func(*ssa.If, bool) bool) {
		for ; b.Idom() != nil; b = b.Idom() {
			d := b.Idom()
			branch, ok := d.Instrs[len(d.Instrs)-1].(*ssa.If)
			if ok && len(b.Preds) == 1 && !yield(branch, d.Succs[0] == b) {
				return
			}
		}
	}
}

// Instrs yields the instructions of fn, block by block.
func Instrs(fn *ssa.Function) iter.Seq[ssa.Instruction] {
	return func(yield func(ssa.Instruction) bool) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if !yield(instr) {
					return
				}
			}
		}
	}
}

// Reaches reports whether control can go from block a to block b, or they are
// one.
func Reaches(a, b *ssa.BasicBlock) bool { return a.Parent() == b.Parent() && reachedFrom(b)[a.Index] }

// Alternative reports whether a and b stand in branches of one function that
// no run goes through both of, one after the other.
func Alternative(a, b ssa.Instruction) bool {
	x, y := a.Block(), b.Block()
	return a.Parent() == b.Parent() && !Reaches(x, y) && !Reaches(y, x)
}
