package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"
)

// Waits reports whether the function goes on, after at, in a loop that need
// not end, or waits for a channel.
func Waits(at ssa.Instruction) bool {
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
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return true
				}
			case *ssa.Select:
				if instr.Blocking {
					return true
				}
			}
		}
		for _, l := range LoopsAround(b) {
			if l.Unbounded() && !l.Blocks[at.Block()] {
				return true
			}
		}
	}
	return false
}
