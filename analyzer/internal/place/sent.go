package place

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// This file says through which channel an object has come, and whether those who send
// to it may have ended what they send.

// receivedFrom is the channel out of which v has come, or nil.
func receivedFrom(v ssa.Value) ssa.Value {
	if e, ok := v.(*ssa.Extract); ok {
		if sel, ok := e.Tuple.(*ssa.Select); ok && e.Index >= 2 {
			received := slices.DeleteFunc(slices.Clone(sel.States), func(st *ssa.SelectState) bool { return st.Dir != types.RecvOnly })
			return received[e.Index-2].Chan
		}
		v = e.Tuple
	}
	if from, ok := v.(*ssa.UnOp); ok && from.Op == token.ARROW {
		return from.X
	}
	return nil
}

// sentWhenDone reports whether a function that sends to ch, or one that it calls, asks
// for the end of a context: what it sends may be what has ended.
//
//	<-ctx.Done()
//	h.unregister <- c
func (t *Table) sentWhenDone(ch ssa.Value) bool {
	place := flow.PlaceOf(ch, false)
	if !place.Known() {
		return true
	}
	var asks func(fn *ssa.Function, deep int) bool
	asks = func(fn *ssa.Function, deep int) bool {
		for instr := range flow.Instrs(fn) {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if v := call.Value(); v != nil && (flow.AskedOf(v, "Done") != nil || flow.AskedOf(v, "Err") != nil) {
				return true
			}
			if _, beside := call.(*ssa.Go); deep > 0 && !beside {
				if callee := flow.Resolve(call.Common()); callee.Fn != nil && asks(callee.Fn, deep-1) {
					return true
				}
			}
		}
		return false
	}
	for instr := range t.prog.Instrs {
		if slices.ContainsFunc(sentTo(instr), func(to ssa.Value) bool { return flow.PlaceOf(to, false) == place }) {
			for fn := instr.Parent(); fn != nil; fn = fn.Parent() {
				if asks(fn, 2) {
					return true
				}
			}
		}
	}
	return false
}

// sentTo are the channels to which instr may send.
func sentTo(instr ssa.Instruction) []ssa.Value {
	var all []ssa.Value
	switch instr := instr.(type) {
	case *ssa.Send:
		all = append(all, instr.Chan)
	case *ssa.Select:
		for _, st := range instr.States {
			if st.Dir == types.SendOnly {
				all = append(all, st.Chan)
			}
		}
	}
	return all
}
