package summary

import (
	"cmp"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Facts returns what importing packages should know of the package's exported
// functions and methods, in source order.
func (s *Set) Facts() iter.Seq2[*types.Func, *fact.Func] {
	return func(yield func(*types.Func, *fact.Func) bool) {
		for _, fn := range s.prog.Funcs {
			obj, ok := fn.Object().(*types.Func)
			if !ok || !obj.Exported() || fn.Parent() != nil {
				continue
			}
			f := &fact.Func{
				NoReturn: s.NoReturn(fn),
				Derives:  s.derivesOnly(fn),
				Results:  s.seenOutside(fn),
				Params:   s.params(fn),
			}
			if !f.Empty() && !yield(obj, f) {
				return
			}
		}
	}
}

// derivesOnly is Derives of a function whose obligations do not tell as much.
func (s *Set) derivesOnly(fn *ssa.Function) int {
	k := contextResult(fn.Signature)
	if slices.ContainsFunc(s.Results(fn), func(r fact.Result) bool { return r.Ctx == k && r.Parent >= 0 }) {
		return 0
	}
	return s.Derives(fn)
}

// seenOutside are the obligations of fn's results that another package can
// meet.
func (s *Set) seenOutside(fn *ssa.Function) []fact.Result {
	return slices.DeleteFunc(slices.Clone(s.Results(fn)), func(r fact.Result) bool { return r.Local })
}

// params describes what fn does with the functions it is given, and with the
// owners that the package makes.
func (s *Set) params(fn *ssa.Function) []fact.Param {
	var all []fact.Param
	for i, p := range fn.Params {
		for _, q := range s.pathsOf(p.Type()) {
			path := q.Path
			e := s.Effect(fn, i, path, q.Methods)
			if e == nil || e.Escaped || e.Dropped || len(e.Held) > 0 {
				continue // unknown to others: it takes over
			}
			// Others know an owner as a whole, not what is inside.
			q := fact.Param{Arg: i, Releases: e.Released, Leaves: e.Unchanged}
			for _, r := range e.Returned {
				if r.Path == "" {
					q.Returns = append(q.Returns, r.Index)
				}
			}
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b fact.Param) int { return cmp.Compare(a.Arg, b.Arg) })
	return all
}

// pathsOf says how a value of type t leads to something to release: it can
// be called itself, or is an owner that a function of the package returns.
func (s *Set) pathsOf(t types.Type) []fact.Result {
	if source.Callable(t) {
		return []fact.Result{{}}
	}
	if s.owners == nil {
		s.owners = make(map[*types.TypeName]fact.Result)
		for _, fn := range s.prog.Funcs {
			for _, r := range s.Results(fn) {
				if n := named(fn.Signature.Results().At(r.Index).Type()); n != nil && len(r.Methods) > 0 {
					s.owners[n] = r
				}
			}
		}
	}
	if n := named(t); n != nil && !types.IsInterface(t) {
		if r, ok := s.owners[n]; ok {
			return []fact.Result{r}
		}
	}
	return nil
}

// named is the name of the type that t is or points to, or nil.
func named(t types.Type) *types.TypeName {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj()
	}
	return nil
}
