package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// An owner that is given to unknown code may be taken over by it, or only be
// lent to it. The function itself tells: where some path goes on to release
// the owner although the call did not fail, the call borrowed it, on every
// path; else it took it over. (A function that releases it when the call
// fails, and only then, has handed it over.)

// lend passes arg, which leads to the value, to unknown code, and goes on. A
// function that would release it is not lent: it may be called.
func (r *run) lend(instr ssa.Instruction, arg ssa.Value, s *state) []*state {
	_, isFunc := arg.Type().Underlying().(*types.Signature)
	if _, ok := instr.(*ssa.Call); !ok || isFunc || !r.owner() || s.lent != nil || r.depth > 0 {
		r.handedOver(instr, arg, s)
		return nil
	}
	return []*state{s.with(func(c *state) { c.lent, c.lentAs = instr, s.parts(arg) })}
}

// handedOver ends the path: v, which leads to the value, goes to code that is
// not known.
func (r *run) handedOver(instr ssa.Instruction, v ssa.Value, s *state) {
	r.end(End{Kind: Escaped, At: instr, Names: s.parts(v)})
}

// parts are the parts of v that lead to the value.
func (s *state) parts(v ssa.Value) []Reach {
	var all []Reach
	for _, it := range s.owedUnder(Name{v, ""}) {
		all = append(all, Reach{it.Name, it.place, it.inner, it.by, it.first})
	}
	return all
}

// owner reports whether the value followed is inside an owner, or one itself.
func (r *run) owner() bool {
	return !r.subject.inner && r.subject.Base.Root == nil && r.subject.Watch == nil && r.subject.After != nil &&
		slices.ContainsFunc(r.subject.Names, func(n Start) bool {
			if n.Context || n.Elder || n.Above {
				return false
			}
			return len(r.subject.Methods) > 0 || n.Path != "" && n.Path[len(n.Path)-1] == ';' && n.Path[0] != '#'
		})
}

// settleLoans decides, for the ends of paths on which the value was lent,
// whether it was taken over there.
func settleLoans(ends []End) []End {
	borrowed := func(call ssa.Instruction) bool {
		return slices.ContainsFunc(ends, func(e End) bool { return e.Kind == Released && e.Lent == call && !e.LentFailed })
	}
	settled := make([]End, 0, len(ends))
	for _, e := range ends {
		if e.Lent != nil && !borrowed(e.Lent) && e.Kind != Released {
			e = End{Kind: Escaped, At: e.Lent, Names: e.lentAs}
		}
		if !slices.ContainsFunc(settled, func(o End) bool { return o.Kind == e.Kind && e.Kind == Escaped && o.At == e.At }) {
			settled = append(settled, e)
		}
	}
	return settled
}

// lentFailed notes that a branch says that the call the value was lent to has
// failed: its error is not nil.
func (s *state) lentFailed(c condition, truth bool) *state {
	if s.lent == nil || s.failed || c.op != "nil" || truth {
		return s
	}
	call, ok := s.lent.(*ssa.Call)
	if !ok {
		return s
	}
	root := c.x.root
	if root == ssa.Value(call) {
		return s.with(func(n *state) { n.failed = true })
	}
	return s
}
