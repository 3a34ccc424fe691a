package flow

// This file sees without following paths that a function leaves alone what it is
// given, as most methods do what an owner keeps in one of its fields.

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// maxReached bounds the values that are looked at.
const maxReached = 64

// Untouched reports whether it is plain that fn leaves alone what is at path of its
// parameter arg, which methods release if there are any: whatever leads there is only
// used to get at something else, captured, or passed to functions that leave it alone.
// Following the paths would find the same, unless it gives up.
func Untouched(o Oracle, fn *ssa.Function, arg int, path string, methods []string) bool {
	u := &untouched{oracle: o, methods: methods}
	u.reach(fn.Params[arg], path)
	for i := 0; i < len(u.reached); i++ {
		at := u.reached[i]
		for _, ref := range referrers(at.Root) {
			if len(u.reached) > maxReached || !u.passes(at, ref) {
				return false
			}
		}
	}
	return !o.NoReturn(fn) && !slices.ContainsFunc(u.calls, u.taken)
}

// untouched are the names of the value in a function, as far as they are known.
type untouched struct {
	oracle  Oracle
	methods []string
	reached []Name
	calls   []given
}

// A given is an argument that leads to the value.
type given struct {
	callee Callee
	arg    int
	path   string
}

func (u *untouched) reach(v ssa.Value, path string) {
	if n := (Name{v, path}); !slices.Contains(u.reached, n) {
		u.reached = append(u.reached, n)
	}
}

// passes reports whether use does nothing to the value at the name n, and notes what
// more leads there.
func (u *untouched) passes(n Name, use ssa.Instruction) bool {
	inner, pointed := strings.CutPrefix(n.Path, "*")
	switch use := use.(type) {
	case *ssa.DebugRef:
		return true
	case *ssa.FieldAddr:
		if rest, ok := strings.CutPrefix(inner, field(use.Field)); pointed && ok {
			u.reach(use, "*"+rest)
		}
		return true
	case *ssa.Field:
		if rest, ok := strings.CutPrefix(n.Path, field(use.Field)); ok {
			u.reach(use, rest)
			return rest != ""
		}
		return true
	case *ssa.UnOp:
		if use.Op != token.MUL || !pointed || inner == "" {
			return false
		}
		u.reach(use, inner)
		return true
	case *ssa.Phi, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.ChangeType:
		u.reach(use.(ssa.Value), n.Path)
		return true
	case *ssa.Store: // to the variable of a parameter, where function literals find it
		variable, ok := use.Addr.(*ssa.Alloc)
		if !ok || OnlyValue(variable) != use.Val {
			return false
		}
		if use.Val == n.Root {
			u.reach(variable, "*"+n.Path)
		}
		return true
	case *ssa.MakeClosure:
		fn := use.Fn.(*ssa.Function)
		for i, b := range use.Bindings {
			if b == n.Root {
				u.reach(fn.FreeVars[i], n.Path)
			}
		}
		return len(fn.Blocks) > 0
	case ssa.CallInstruction:
		return u.passed(n, use)
	}
	return false
}

// passed is passes for a call.
func (u *untouched) passed(n Name, call ssa.CallInstruction) bool {
	c := call.Common()
	callee := Resolve(c)
	if _, deferred := call.(*ssa.Defer); deferred && len(LoopsAround(call.Block())) > 0 {
		return false
	}
	if c.Value == n.Root || callee.Fn == nil || strings.HasPrefix(n.Path, "[") || callee.Obj != nil && slices.Contains(u.methods, callee.Obj.Name()) {
		return false
	}
	for i, arg := range callee.Args {
		if arg == n.Root {
			u.calls = append(u.calls, given{callee, i, callee.translate(n.Path)})
		}
	}
	return true
}

// taken reports whether the callee may do more with what it is given than leave it
// alone.
func (u *untouched) taken(g given) bool {
	fn := g.callee.Fn
	if _, when := source.Runs(g.callee.Obj); when != source.NotRun || source.AtomicOp(g.callee.Obj) != source.NoAtomic || fn.Pkg != nil && fn.Pkg.Pkg.Path() == "time" {
		return true
	}
	if e := u.oracle.Effect(fn, g.arg, g.path, u.methods); e != nil {
		return !e.LeavesAlone()
	}
	return !source.LooksOnly(g.callee.Obj) && !g.callee.unnamed(g.arg, g.path, u.methods)
}
