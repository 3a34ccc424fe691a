package flow

import (
	"go/types"

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
			n := Name{call, ""}
			if results.Len() > 1 {
				n.Path = "#" + itoa(i) + ";"
			}
			s = s.add(item{Name: n, kind: product})
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
