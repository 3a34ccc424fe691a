package flow

// This file follows a release that is left to a timer, which may be stopped.

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// pending is the step from a timer to what it will call.
const pending = "#timer;"

// timed leaves the release to the timer that call made, if it may release and the
// function stops the timer somewhere; ok is false where the call is like any other
// that sees to the release later.
//
//	t := time.AfterFunc(grace, cancel)
//	err := work(ctx)
//	t.Stop()
func (r *run) timed(call *ssa.Call, callee Callee, s *state) (next *state, ok bool) {
	stops := func(use ssa.Instruction) bool {
		c, ok := use.(ssa.CallInstruction)
		return ok && source.FullName(Resolve(c.Common()).Obj) == "time.Timer.Stop"
	}
	if source.FullName(callee.Obj) != "time.AfterFunc" || !slices.ContainsFunc(referrers(call), stops) || !r.mayRelease(callee.Args[1], s) {
		return s, false
	}
	return s.add(item{Name: Name{call, pending}, held: true}), true
}

// timer applies a method of a timer. Stop answers false where the timer has called
// what it had to; after Reset it will again.
func (r *run) timer(instr ssa.CallInstruction, callee Callee, s *state) *state {
	switch source.FullName(callee.Obj) {
	case "time.Timer.Stop":
		n := Name{callee.Args[0], pending}
		if !s.holds(owed, n) {
			break
		}
		r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited}))
		s = s.overwrite(n, instr)
		if call, ok := instr.(*ssa.Call); ok {
			s = s.assume(condition{op: "bool", x: operand{call, ""}}, true)
		}
	case "time.Timer.Reset":
		if made, ok := callee.Args[0].(*ssa.Call); ok {
			s, _ = r.timed(made, Resolve(&made.Call), s)
		}
	}
	return s
}
