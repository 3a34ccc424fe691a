package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Waits reports whether the function goes on, after at, in a loop that need
// not end, or waits for a channel.
func Waits(at ssa.Instruction) bool { return waitsFrom(at.Block(), at.Block(), false) }

// waitsFrom reports whether a path from start does, which came from the block
// from; groups: a wait for a sync.WaitGroup counts.
func waitsFrom(start, from *ssa.BasicBlock, groups bool) bool {
	seen := make(map[*ssa.BasicBlock]bool)
	work := []*ssa.BasicBlock{start}
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
			case *ssa.Call:
				if groups && source.FullName(Resolve(&instr.Call).Obj) == "sync.WaitGroup.Wait" {
					return true
				}
			}
		}
		for _, l := range LoopsAround(b) {
			if l.Unbounded() && !l.Blocks[from] {
				return true
			}
		}
	}
	return false
}
