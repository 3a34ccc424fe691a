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
				Derives:  s.Derives(fn),
				Results:  s.Results(fn),
				Params:   s.params(fn),
			}
			if !f.Empty() && !yield(obj, f) {
				return
			}
		}
	}
}

// params describes what fn does with the functions it is given, and with the
// owners that the package makes.
func (s *Set) params(fn *ssa.Function) []fact.Param {
	var all []fact.Param
	for i, p := range fn.Params {
		for _, path := range s.pathsOf(p.Type()) {
			e := s.Effect(fn, i, path, nil)
			if e == nil || e.Escaped || e.Dropped || len(e.Held) > 0 {
				continue // unknown to others: it takes over
			}
			q := fact.Param{Arg: i, Path: path, Releases: e.Released, Leaves: e.Unchanged}
			for _, r := range e.Returned {
				if r.Path == "" {
					q.Returns = append(q.Returns, r.Index)
				}
			}
			if path != "" && !q.Releases {
				continue // an owner is left alone unless said otherwise
			}
			all = append(all, q)
		}
	}
	slices.SortFunc(all, func(a, b fact.Param) int { return cmp.Or(cmp.Compare(a.Arg, b.Arg), cmp.Compare(a.Path, b.Path)) })
	return all
}

// pathsOf are the paths at which a value of type t may lead to something to
// release: itself, if it can be called.
func (s *Set) pathsOf(t types.Type) []string {
	if source.Callable(t) {
		return []string{""}
	}
	return nil
}
