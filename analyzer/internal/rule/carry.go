package rule

import (
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// This file decides who may still need a context, or an owner: whether a
// release may come at a given point without changing what the program does.

// carries reports whether a value of type t may keep a context alive in use: an
// error, a number or a plain struct does not; an interface, a function or a
// channel may.
func carries(t types.Type) bool { return carriesIn(t, make(map[types.Type]bool)) }

func carriesIn(t types.Type, seen map[types.Type]bool) bool {
	if seen[t] || source.IsError(t) {
		return false
	}
	seen[t] = true
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return false
	case *types.Pointer:
		return carriesIn(t.Elem(), seen)
	case *types.Slice:
		return carriesIn(t.Elem(), seen)
	case *types.Array:
		return carriesIn(t.Elem(), seen)
	case *types.Map:
		return carriesIn(t.Key(), seen) || carriesIn(t.Elem(), seen)
	case *types.Struct:
		for i := range t.NumFields() {
			if carriesIn(t.Field(i).Type(), seen) {
				return true
			}
		}
		return false
	case *types.Tuple:
		for i := range t.Len() {
			if carriesIn(t.At(i).Type(), seen) {
				return true
			}
		}
		return false
	}
	return true // interfaces, type parameters, functions, channels
}

// A use is a way in which what is followed by uses leaves the straight path.
type use struct {
	at   ssa.Instruction
	kind useKind
}

type useKind int

const (
	called   useKind = iota // by a call that is made at once, and waited for
	silently                // by such a call, of unknown code that returns nothing
	deferred                // by a call at the function's end
	started                 // by a goroutine
	kept                    // by memory, a channel or a closure
	returned                // by the caller
)

// uses follows v, and all that may carry it on, and returns where they go, and
// the values met on the way. Bodies that are known are followed into, a few
// calls deep.
func (p *Pass) uses(v ssa.Value) ([]use, map[ssa.Value]bool) {
	t := &tracer{p: p, seen: make(map[ssa.Value]bool)}
	t.follow(v, 0)
	return t.uses, t.seen
}

type tracer struct {
	p    *Pass
	seen map[ssa.Value]bool
	uses []use
}

func (t *tracer) add(at ssa.Instruction, kind useKind) { t.uses = append(t.uses, use{at, kind}) }

func (t *tracer) follow(v ssa.Value, depth int) {
	if t.seen[v] || v.Referrers() == nil {
		return
	}
	t.seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.If:
		case *ssa.Call:
			t.call(v, ref, depth)
		case *ssa.Defer:
			t.add(ref, deferred)
		case *ssa.Go:
			t.add(ref, started)
		case *ssa.Return:
			if carries(v.Type()) {
				t.add(ref, returned)
			}
		case *ssa.Store:
			a, local := ref.Addr.(*ssa.Alloc)
			switch {
			case ref.Val != v: // a store to it
			case local && varOnly(a):
				t.follow(a, depth)
			case carries(v.Type()):
				t.add(ref, kept)
			}
		case *ssa.MapUpdate:
			if ref.Value == v || ref.Key == v {
				t.add(ref, kept)
			}
		case *ssa.Send:
			if ref.X == v {
				t.add(ref, kept)
			}
		case *ssa.MakeClosure:
			// Whatever runs the function uses it.
			t.follow(ref, depth)
			for i, b := range ref.Bindings {
				if b == v {
					t.follow(ref.Fn.(*ssa.Function).FreeVars[i], depth)
				}
			}
		case ssa.Value:
			if carries(ref.Type()) {
				t.follow(ref, depth)
			}
		}
	}
}

func (t *tracer) call(v ssa.Value, call *ssa.Call, depth int) {
	if carries(call.Type()) {
		t.follow(call, depth)
	}
	callee := flow.Resolve(&call.Call)
	switch {
	case callee.Fn != nil && len(callee.Fn.Blocks) > 0 && depth < 3:
		for i, arg := range callee.Args {
			if arg == v && i < len(callee.Fn.Params) {
				inner := &tracer{p: t.p, seen: make(map[ssa.Value]bool)}
				inner.follow(callee.Fn.Params[i], depth+1)
				for _, u := range inner.uses {
					if u.kind == started || u.kind == kept || u.kind == silently {
						t.add(call, u.kind)
					}
				}
			}
		}
		t.add(call, called)
	case source.LooksOnly(callee.Obj) || call.Call.Signature().Results().Len() > 0 || isBuiltin(call):
		t.add(call, called)
	default:
		t.add(call, silently)
	}
}

func isBuiltin(call *ssa.Call) bool {
	_, ok := call.Call.Value.(*ssa.Builtin)
	return ok
}

// only reports whether all uses are of the given kinds.
func only(uses []use, kinds ...useKind) bool {
	for _, u := range uses {
		ok := false
		for _, k := range kinds {
			ok = ok || u.kind == k
		}
		if !ok {
			return false
		}
	}
	return true
}

// contextUses are the uses of the context that c makes.
func (p *Pass) contextUses(c *summary.Creation) ([]use, map[ssa.Value]bool) {
	var all []use
	seen := make(map[ssa.Value]bool)
	for i := range c.Call.Call.Signature().Results().Len() {
		if i != c.Result.Ctx && !(c.Owner() && i == c.Result.Index) {
			continue
		}
		if v := flow.ResultOf(c.Call, i); v != nil {
			u, s := p.uses(v)
			all = append(all, u...)
			maps.Copy(seen, s)
		}
	}
	return all, seen
}

// reaches reports whether b may run after a.
func reaches(a, b ssa.Instruction) bool {
	if a.Parent() != b.Parent() {
		return true // not known
	}
	if in := a.Block().Instrs; a.Block() == b.Block() && slices.Index(in, a) < slices.Index(in, b) {
		return true
	}
	return slices.ContainsFunc(a.Block().Succs, func(next *ssa.BasicBlock) bool { return flow.Reaches(next, b.Block()) })
}
