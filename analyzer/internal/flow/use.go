package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// What is done with the context, and with what its owner gives out, decides
// whether losing the release hurts, or is a loss at all.

// share notes that instr gives the context to other code, which may wait for
// it. A context whose parent never ends and that nobody was given is garbage.
func (s *state) share(instr ssa.CallInstruction, callee Callee) *state {
	if s.shared != nil || source.LooksOnly(callee.Obj) || callee.Obj != nil && callee.Obj.Pkg() != nil && callee.Obj.Pkg().Path() == "context" {
		return s
	}
	given := false
	_, isGo := instr.(*ssa.Go)
	for _, arg := range callee.Args {
		if s.holds(self, Name{arg, ""}) || isGo && s.hasContext(arg) {
			given = true
		}
	}
	if isGo && callee.Closure != nil {
		for _, b := range callee.Closure.Bindings {
			given = given || s.hasContext(b)
		}
	}
	if !given {
		return s
	}
	return s.with(func(c *state) { c.shared = instr })
}

// hasContext reports whether the context is inside v.
func (s *state) hasContext(v ssa.Value) bool {
	for _, it := range s.under(Name{v, ""}) {
		if it.kind == self {
			return true
		}
	}
	return false
}

// ended forgets that the context was given to a goroutine which, as the function
// now knows, has ended: it has received from a channel that the goroutine
// captured, or waited for its group.
func (s *state) ended(ch ssa.Value) *state {
	started, ok := s.shared.(*ssa.Go)
	if !ok {
		return s
	}
	if ch != nil {
		callee := Resolve(started.Common())
		if callee.Closure == nil || callee.Closure.Fn.(*ssa.Function).Blocks == nil {
			return s
		}
		n := s.outermost(Name{ch, ""})
		if !slices.ContainsFunc(Captures(callee.Closure), func(c Name) bool { return c == n || c.Root == n.Root && n.Path == "*" }) || !endsWithSend(callee.Fn) {
			return s
		}
	}
	return s.with(func(n *state) { n.shared = nil })
}

// endsWithSend reports whether fn returns, and waits for nothing after it has
// sent to a channel or closed one.
func endsWithSend(fn *ssa.Function) bool {
	sends := false
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send:
				if Waits(instr) {
					return false
				}
				sends = true
			case ssa.CallInstruction:
				if f, ok := instr.Common().Value.(*ssa.Builtin); ok && f.Name() == "close" {
					sends = true
				}
			}
		}
	}
	return sends
}

// unshared forgets that the context was given to a call that turns out to
// have failed: who fails waits for nothing.
func (s *state) unshared(c condition, truth bool) *state {
	call, ok := s.shared.(*ssa.Call)
	if !ok || c.op != "nil" || truth || c.x.root != ssa.Value(call) {
		return s
	}
	return s.with(func(n *state) { n.shared = nil })
}

// produce notes what a method of the owner returns: as long as that is in
// use, the owner is.
func (r *run) produce(instr ssa.CallInstruction, s *state) *state {
	call, ok := instr.(*ssa.Call)
	if !ok || !r.owner() || r.depth > 0 {
		return s
	}
	results := call.Call.Signature().Results()
	for i := range results.Len() {
		t := results.At(i).Type()
		if source.IsError(t) || source.IsContext(t) {
			continue
		}
		switch t.Underlying().(type) {
		case *types.Pointer, *types.Interface, *types.Chan, *types.Signature, *types.Map:
			s = s.add(item{Name: Name{call, ResultPath(call, i)}, kind: product})
		}
	}
	return s
}

// productReturned reports whether a result leads to something that the owner
// gave out.
func (r *run) productReturned(ret *ssa.Return, s *state) bool {
	for _, v := range ret.Results {
		for _, it := range s.under(Name{v, ""}) {
			if it.kind == product {
				return true
			}
		}
	}
	return false
}
