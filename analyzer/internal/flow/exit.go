package flow

// This file decides how a path ends: what a return leaves of the value.

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// exit decides what a return leaves of the value.
func (r *run) exit(ret *ssa.Return, s *state) {
	if !r.subject.Verdict || len(ret.Results) == 0 {
		r.leave(ret, s)
		return
	}
	verdict := ResultValue(ret.Results[0])
	if phi := verdictOf(ret.Block()); phi != nil && s.before != nil {
		verdict = phi.Edges[slices.Index(ret.Block().Preds, s.before)]
	}
	s = s.with(func(n *state) { n.before = nil })
	c, sense := r.conditionOf(ret.Results[0])
	for _, truth := range []bool{true, false} {
		switch t, o := r.assuming(s, verdict, ret.Block(), truth); o {
		case feasible:
			r.leave(ret, t.assume(c, truth == sense))
		case settled:
			r.end(t.path(End{Kind: Settled, At: ret}))
		}
	}
}

// verdictOf is the φ that b begins with and returns, or nil.
func verdictOf(b *ssa.BasicBlock) *ssa.Phi {
	ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) == 0 {
		return nil
	}
	if phi, ok := ret.Results[0].(*ssa.Phi); ok && phi.Block() == b {
		return phi
	}
	return nil
}

// leave is exit where it is settled what is returned.
func (r *run) leave(ret *ssa.Return, s *state) {
	e := s.path(End{At: ret, By: s.lostBy})
	if k := len(ret.Results) - 1; k >= 0 && source.IsError(ret.Results[k].Type()) {
		null, known := r.nilness(s, ret.Results[k])
		e.Failed, e.Succeeded = known && !null, known && null
	}
	for i, v := range ret.Results {
		for _, it := range s.owedUnder(Name{v, ""}) {
			e.Results = append(e.Results, Result{i, it.Path, v})
		}
	}
	for i, v := range ret.Results {
		switch v.Type().Underlying().(type) {
		case *types.Pointer, *types.Interface:
			if null, known := r.nilness(s, v); known && null {
				e.Nil = append(e.Nil, i)
			}
		}
		if b, ok := v.Type().Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
			known := r.learn(s, operand{v, "result"}, v)
			switch truth, ok := known.decided(condition{op: "bool", x: operand{v, "result"}}); {
			case ok && truth:
				e.True = append(e.True, i)
			case ok:
				e.False = append(e.False, i)
			}
		}
		for _, it := range s.under(Name{v, ""}) {
			if it.kind == self {
				e.Contexts = append(e.Contexts, Result{i, it.Path, v})
			}
		}
	}
	if r.productReturned(ret, s) {
		r.end(End{Kind: Escaped, At: ret})
		return
	}
	for _, it := range s.heldItems() {
		e.Names = append(e.Names, Reach{it.Name, it.place, it.inner, it.by, it.first})
	}
	switch {
	case r.unchanged(s):
		e.Kind = Unchanged
	case len(e.Names) > 0 || len(e.Results) == 0 && s.isKey():
		e.Kind = Held
	case len(e.Results) > 0:
		e.Kind = Returned
		for _, it := range s.items {
			if it.kind == owed && it.place.Known() {
				e.Names = append(e.Names, Reach{it.Name, it.place, it.inner, it.by, it.first})
			}
		}
	default:
		e.Kind = Lost
	}
	r.end(e)
}

// unchanged reports whether the subject is still found where it began, and
// nowhere else that outlives the function. Only what began as memory can be.
func (r *run) unchanged(s *state) bool {
	still := false
	for _, n := range r.subject.Names {
		if n.Context || n.Elder || n.Above || !n.Held {
			continue
		}
		for _, it := range s.items {
			if it.kind == owed && it.Name == n.Name {
				still = true
			}
		}
	}
	if !still {
		return false
	}
	return !slices.ContainsFunc(s.heldItems(), func(it item) bool {
		return !slices.ContainsFunc(r.subject.Names, func(n Start) bool { return n.Name == it.Name })
	})
}

func (r *run) end(e End) {
	if e.Beside && e.Kind != Released && !e.Paired() {
		return
	}
	if e.Kind == Lost && e.full {
		r.overflow = "too many names"
		return
	}
	if e.Kind == Released && e.Defer == nil {
		e.Defer = r.deferring
	}
	if !slices.ContainsFunc(r.ends, func(o End) bool {
		return o.Kind == e.Kind && o.At == e.At && o.By == e.By && o.Waited == e.Waited && o.Defer == e.Defer &&
			o.Asked == e.Asked && o.Shared == e.Shared && o.Failing == e.Failing && o.Lent == e.Lent && o.LentFailed == e.LentFailed &&
			slices.Equal(o.Names, e.Names) && slices.Equal(o.Results, e.Results) &&
			slices.Equal(o.Nil, e.Nil) && slices.Equal(o.True, e.True) && slices.Equal(o.False, e.False)
	}) {
		r.ends = append(r.ends, e)
	}
}
