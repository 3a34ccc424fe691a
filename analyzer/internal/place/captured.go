package place

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// CapturedLoss finds the store by which fn, a function literal, puts what c
// made into a variable of the function around it, over what the call of fn
// before put there:
//
//	restart := func(ev event) {
//		ctx, cancel = context.WithCancel(parent)
//		go run(ctx, ev)
//	}
//
// It returns nil if nothing shows that fn is called with an old value neither
// released nor gone; evidence says when that is, in the reader's words.
func (t *Table) CapturedLoss(fn *ssa.Function, c *summary.Creation) (at *ssa.Store, evidence string) {
	for _, end := range c.Outcome.Ends {
		st, ok := end.At.(*ssa.Store)
		if !ok || end.Kind != flow.Escaped || st.Parent() != fn {
			continue
		}
		cell := flow.Outermost(flow.Name{Root: st.Addr, Path: "*"})
		variable, ok := cell.Root.(*ssa.Alloc)
		if !ok || cell.Path != "*" || variable.Parent() == fn {
			continue
		}
		e := &Entry{Methods: c.Result.Methods, Inner: c.Result.Path}
		old := flow.Name{Root: variable, Path: "*" + e.Inner}
		o := flow.Explore(t.set, &flow.Subject{
			Fn: fn, Methods: e.Methods,
			Names: []flow.Start{{Name: old, Held: true}},
		})
		if o.Overflow != "" || !losesAt(o, st) {
			continue
		}
		left := flow.Explore(t.set, &flow.Subject{
			Fn: fn, After: st, Methods: e.Methods,
			Names: []flow.Start{{Name: old, Held: true}},
		})
		if left.Overflow != "" || !left.Has(flow.Unchanged, flow.Held, flow.Lost) {
			continue // the call that makes it releases it
		}
		if why := t.repeats(e, fn, old, make(map[*ssa.Function]bool)); why != "" {
			return st, "called again " + why
		}
		switch {
		case t.returnedAndRepeated(fn):
			return st, "called again in a loop"
		case handler(fn):
			return st, "called again for another request"
		case t.setBefore(variable, fn):
			return st, "called, since the variable has one already"
		}
	}
	return nil, ""
}

// setBefore reports whether variable holds a live release where the literal fn, that
// is given to others to call, is made, and the function around it releases that at its
// end.
//
//	ctx, cancel := context.WithCancel(parent)
//	defer func() { cancel() }()
//	config.OnChange(fn)
func (t *Table) setBefore(variable *ssa.Alloc, fn *ssa.Function) bool {
	made := flow.MadeAt(fn)
	if made == nil || made.Parent() != variable.Parent() || !slices.ContainsFunc(*made.Referrers(), func(ref ssa.Instruction) bool {
		call, ok := ref.(*ssa.Call)
		return ok && call.Call.Value != made && flow.Resolve(&call.Call).Obj != nil
	}) {
		return false
	}
	return slices.ContainsFunc(t.set.Creations(made.Parent()), func(c *summary.Creation) bool {
		atEnd := len(c.Outcome.Ends) > 0 && !slices.ContainsFunc(c.Outcome.Ends, func(e flow.End) bool { return e.Kind != flow.Released || e.Defer == nil })
		return atEnd && c.Outcome.Overflow == "" && slices.ContainsFunc(*variable.Referrers(), func(ref ssa.Instruction) bool {
			st, ok := ref.(*ssa.Store)
			return ok && st.Addr == variable && flow.DominatedBy(made, st) && flow.Outermost(flow.Name{Root: st.Val}) == c.Name
		})
	})
}

// returnedAndRepeated reports whether the literal fn is a result of the function
// around it, and a caller in the package calls that result in a loop, in which it
// calls no other result, which may release.
func (t *Table) returnedAndRepeated(fn *ssa.Function) bool {
	maker := fn.Parent()
	for _, b := range maker.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		for i, v := range ret.Results {
			if flow.Resolve(&ssa.CallCommon{Value: v}).Fn != fn {
				continue
			}
			for _, site := range t.prog.Callers(maker) {
				if call, ok := site.(*ssa.Call); ok && repeatsResult(call, i) {
					return true
				}
			}
		}
	}
	return false
}

func repeatsResult(call *ssa.Call, i int) bool {
	calls := callsOf(call)
	return slices.ContainsFunc(calls[i], func(again ssa.CallInstruction) bool {
		return slices.ContainsFunc(flow.LoopsAround(again.Block()), func(l flow.Loop) bool {
			if l.Blocks[call.Block()] {
				return false // each turn has another
			}
			for j, others := range calls {
				if j != i && slices.ContainsFunc(others, func(o ssa.CallInstruction) bool { return l.Blocks[o.Block()] }) {
					return false
				}
			}
			return true
		})
	})
}

// callsOf lists, for each result of call that is a function, the calls of it.
func callsOf(call *ssa.Call) map[int][]ssa.CallInstruction {
	calls := make(map[int][]ssa.CallInstruction)
	add := func(i int, v ssa.Value) {
		for _, ref := range *v.Referrers() {
			if use, ok := ref.(ssa.CallInstruction); ok && use.Common().Value == v {
				calls[i] = append(calls[i], use)
			}
		}
	}
	add(0, call)
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok {
			add(e.Index, e)
		}
	}
	return calls
}
