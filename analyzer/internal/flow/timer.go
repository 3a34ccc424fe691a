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

// stopped applies a call of timer's Stop, which answers false where the timer has
// called what it had to.
func (r *run) stopped(instr ssa.CallInstruction, timer ssa.Value, s *state) *state {
	n := Name{timer, pending}
	if !s.holds(owed, n) {
		return s
	}
	r.end(s.path(End{Kind: Released, At: instr, Waited: s.waited}))
	s = s.overwrite(n, instr)
	if call, ok := instr.(*ssa.Call); ok {
		s = s.assume(condition{op: "bool", x: operand{call, ""}}, true)
	}
	return s
}

// resetTimer applies a call of timer's Reset: it will call again what it was made for.
func (r *run) resetTimer(timer ssa.Value, s *state) *state {
	if made, ok := timer.(*ssa.Call); ok {
		s, _ = r.timed(made, Resolve(&made.Call), s)
	}
	return s
}
