package place

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// This file recognises a call that waits for what it has asked for: it does not
// return before whoever has its context is done with it.

// awaitsAnswer reports whether fn, once by has put the context v somewhere, returns
// only when something has come from a channel that went along with it.
//
//	it := item{ctx: r.Context(), done: make(chan struct{})}
//	b.todo = append(b.todo, it)
//	<-it.done
func awaitsAnswer(fn *ssa.Function, v ssa.Value, by ssa.Instruction) bool {
	channels := alongWith(v)
	answers := func(b *ssa.BasicBlock) bool {
		return slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			return slices.ContainsFunc(received(instr), func(c ssa.Value) bool {
				return slices.Contains(channels, flow.Outermost(flow.Name{Root: c}))
			})
		})
	}
	seen := make(map[*ssa.BasicBlock]bool)
	var returns func(b *ssa.BasicBlock) bool
	returns = func(b *ssa.BasicBlock) bool {
		if seen[b] || answers(b) {
			return false
		}
		seen[b] = true
		_, returning := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		return returning || slices.ContainsFunc(b.Succs, returns)
	}
	return len(channels) > 0 && by.Parent() == fn && !returns(by.Block())
}

// alongWith are the names of the channels in the objects into which v is put first,
// and in the variables that these are copied to.
func alongWith(v ssa.Value) []flow.Name {
	var all []flow.Name
	seen := make(map[ssa.Value]bool)
	var object func(ssa.Value)
	object = func(o ssa.Value) {
		if seen[o] {
			return
		}
		seen[o] = true
		for _, ref := range *o.Referrers() {
			switch ref := ref.(type) {
			case *ssa.FieldAddr:
				if !isChannel(ref) {
					continue
				}
				all = append(all, flow.Outermost(flow.Name{Root: ref, Path: "*"}))
				for _, put := range stores(*ref.Referrers()) {
					if put.Addr == ref {
						all = append(all, flow.Outermost(flow.Name{Root: put.Val}))
					}
				}
			case *ssa.UnOp:
				for _, copied := range stores(*ref.Referrers()) {
					if variable, ok := copied.Addr.(*ssa.Alloc); ok {
						object(variable)
					}
				}
			}
		}
	}
	for _, put := range stores(*v.Referrers()) {
		if field, ok := put.Addr.(*ssa.FieldAddr); ok && put.Val == v {
			object(field.X)
		}
	}
	return all
}

func stores(all []ssa.Instruction) []*ssa.Store {
	var found []*ssa.Store
	for _, instr := range all {
		if st, ok := instr.(*ssa.Store); ok {
			found = append(found, st)
		}
	}
	return found
}

func isChannel(at *ssa.FieldAddr) bool {
	_, ok := pointee(at.Type()).Underlying().(*types.Chan)
	return ok
}

// received are the channels from one of which, or from the end of a context, control
// has got something after instr.
func received(instr ssa.Instruction) []ssa.Value {
	switch instr := instr.(type) {
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			return []ssa.Value{instr.X}
		}
	case *ssa.Select:
		var all []ssa.Value
		for _, st := range instr.States {
			if !instr.Blocking || st.Dir != types.RecvOnly {
				return nil
			}
			if flow.AskedOf(st.Chan, "Done") == nil {
				all = append(all, st.Chan)
			}
		}
		if len(all) == 1 {
			return all
		}
	}
	return nil
}
