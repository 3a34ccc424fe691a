package place

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A Derivation is a call that derives a context from the one it made the last
// time.
type Derivation struct {
	Call  *ssa.Call
	Place flow.Place // the field or global it goes through; unknown: a variable in a loop
	Back  token.Pos  // where the derived context takes its parent's place
}

// SelfDerived finds the contexts that grow: in a loop that need not end, a
// variable is set to a context derived from itself on every turn; or a field
// or global is, by a function that is called in such a loop. Of a chain of
// derivations only the first is returned.
func SelfDerived(prog *ssabuild.Program, set *summary.Set) []Derivation {
	var all []Derivation
	for _, fn := range prog.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				switch instr := instr.(type) {
				case *ssa.Phi:
					if call := loopVariable(set, instr); call != nil {
						all = append(all, Derivation{Call: call})
					}
				case *ssa.Store:
					if !source.IsContext(instr.Val.Type()) {
						continue
					}
					call := chainTo(set, instr.Val, flow.Outermost(flow.Name{Root: instr.Addr, Path: "*"}))
					if call == nil || setAnew(set, fn, instr) {
						continue
					}
					p := flow.PlaceOf(instr.Addr, false)
					if _, captured := instr.Addr.(*ssa.FreeVar); captured && flow.UnboundedBody(fn) {
						all = append(all, Derivation{Call: call, Back: instr.Pos()})
						continue
					}
					if _, variable := instr.Addr.(*ssa.Alloc); variable && unboundedLoop(instr, instr.Addr.(*ssa.Alloc)) ||
						p.Known() && called(prog, fn, flow.Outermost(flow.Name{Root: instr.Addr, Path: "*"}).Root, instr, 0) {
						all = append(all, Derivation{Call: call, Place: p, Back: instr.Pos()})
					}
				}
			}
		}
	}
	return all
}

// setAnew reports whether fn also stores, to the memory that st stores to, a
// context that is not derived from what is there: it is put back or replaced. A
// function literal that does so is deferred, or returned for the caller to run.
//
//	defer func(saved context.Context) { w.ctx = saved }(w.ctx)
func setAnew(set *summary.Set, fn *ssa.Function, st *ssa.Store) bool {
	n := flow.Outermost(flow.Name{Root: st.Addr, Path: "*"})
	anew := func(o *ssa.Store, at ssa.Instruction) bool {
		return o != st && flow.Outermost(flow.Name{Root: o.Addr, Path: "*"}) == n && sameLoops(at, st) && chainTo(set, o.Val, n) == nil
	}
	if slices.ContainsFunc(storesOf(fn), func(o *ssa.Store) bool { return anew(o, o) }) {
		return true
	}
	return slices.ContainsFunc(fn.AnonFuncs, func(lit *ssa.Function) bool {
		at := flow.MadeAt(lit)
		return at != nil && slices.ContainsFunc(storesOf(lit), func(o *ssa.Store) bool { return anew(o, at) })
	})
}

func storesOf(fn *ssa.Function) []*ssa.Store {
	var all []*ssa.Store
	for _, b := range fn.Blocks {
		all = append(all, stores(b.Instrs)...)
	}
	return all
}

// sameLoops reports whether a and b run equally often.
func sameLoops(a, b ssa.Instruction) bool {
	return len(flow.LoopsAround(a.Block())) == len(flow.LoopsAround(b.Block()))
}

// loopVariable returns the first call of the chain by which the φ at the head
// of an unbounded loop is derived from itself on every turn.
func loopVariable(set *summary.Set, phi *ssa.Phi) *ssa.Call {
	if !source.IsContext(phi.Type()) {
		return nil
	}
	for _, l := range flow.LoopsAround(phi.Block()) {
		if l.Header != phi.Block() || !l.Unbounded() {
			continue
		}
		for i, pred := range phi.Block().Preds {
			if l.Blocks[pred] {
				if call := chainTo(set, phi.Edges[i], flow.Name{Root: phi}); call != nil {
					return call
				}
			}
		}
	}
	return nil
}

// chainTo follows v through the calls that derived it, back to a value named
// from, and returns the first call of that chain: the one that is given from
// itself. A φ on the way must come from there by all its edges.
func chainTo(set *summary.Set, v ssa.Value, from flow.Name) *ssa.Call {
	var first *ssa.Call
	seen := make(map[ssa.Value]bool)
	var visit func(v ssa.Value) bool
	visit = func(v ssa.Value) bool {
		if seen[v] {
			return true
		}
		seen[v] = true
		n := flow.Name{Root: v}
		// A call that only carries values is a link of the chain as well.
		link := v
		if call, ok := link.(*ssa.Call); ok {
			if parent := set.ParentOf(call, ""); parent != nil {
				first = call
				return flow.Outermost(flow.Name{Root: parent}) == from || visit(parent)
			}
		}
		n = flow.Outermost(n)
		if call, ok := n.Root.(*ssa.Call); ok {
			if parent := set.ParentOf(call, n.Path); parent != nil {
				first = call
				return parent == from.Root && from.Path == "" || flow.Outermost(flow.Name{Root: parent}) == from || visit(parent)
			}
			return false
		}
		if phi, ok := n.Root.(*ssa.Phi); ok && phi != from.Root {
			return !slices.ContainsFunc(phi.Edges, func(e ssa.Value) bool { return !visit(e) })
		}
		return n == from && first != nil
	}
	if !visit(v) {
		return nil
	}
	return first
}

// unboundedLoop reports whether instr is in an unbounded loop that begins
// after the variable a is made.
func unboundedLoop(instr ssa.Instruction, a *ssa.Alloc) bool {
	return slices.ContainsFunc(flow.LoopsAround(instr.Block()), func(l flow.Loop) bool {
		return l.Unbounded() && !l.Blocks[a.Block()]
	})
}

// called reports whether fn is called again and again on the same object: it
// stands in an unbounded loop, or a caller's call does, and the object was
// made before.
func called(prog *ssabuild.Program, fn *ssa.Function, object ssa.Value, at ssa.Instruction, depth int) bool {
	if depth > 4 {
		return false
	}
	if handler(fn) && !isHandlerArg(fn, object) {
		if _, fresh := object.(*ssa.Alloc); !fresh {
			return true
		}
	}
	for _, l := range flow.LoopsAround(at.Block()) {
		made, isInstr := object.(ssa.Instruction)
		if l.Unbounded() && (!isInstr || !l.Blocks[made.Block()]) {
			return true
		}
	}
	switch object.(type) {
	case *ssa.Parameter, *ssa.Global:
	default:
		return false
	}
	for _, site := range prog.Callers(fn) {
		here, ok := inCaller(site, fn, flow.Name{Root: object})
		if ok && called(prog, site.Parent(), here.Root, site, depth+1) {
			return true
		}
	}
	return false
}
