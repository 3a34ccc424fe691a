package summary

import (
	"go/token"
	"go/types"
	"iter"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Facts returns what importing packages should know of the functions and methods
// that they can call, in source order.
func (s *Set) Facts() iter.Seq2[*types.Func, *fact.Func] {
	reachable := gate.Reachable(s.prog.Pkg.Pkg)
	return func(yield func(*types.Func, *fact.Func) bool) {
		for _, fn := range s.prog.Funcs {
			obj, ok := fn.Object().(*types.Func)
			if !ok || fn.Parent() != nil || !reachable(obj) {
				continue
			}
			f := &fact.Func{
				NoReturn: s.NoReturn(fn),
				Derives:  s.derivesOnly(fn),
				DoneWith: s.DoneWith(fn),
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
	k := source.ContextResult(fn.Signature)
	if slices.ContainsFunc(s.Results(fn), func(r fact.Result) bool { return r.Ctx == k && r.Parent >= 0 }) {
		return 0
	}
	return s.Derives(fn)
}

// seenOutside are the obligations of fn's results that another package can
// meet, by the methods that it can call.
func (s *Set) seenOutside(fn *ssa.Function) []fact.Result {
	unexported := func(method string) bool { return !token.IsExported(method) }
	var all []fact.Result
	for _, r := range s.Results(fn) {
		if r.Local {
			continue
		}
		if len(r.Methods) > 0 {
			r.Methods = slices.DeleteFunc(slices.Clone(r.Methods), unexported)
			r.Ends = slices.DeleteFunc(slices.Clone(r.Ends), unexported)
			if len(r.Methods) == 0 {
				continue
			}
		}
		all = append(all, r)
	}
	return all
}

// params describes what fn does with the functions it is given, and with the
// owners that the package makes.
func (s *Set) params(fn *ssa.Function) []fact.Param {
	var all []fact.Param
	for i, p := range fn.Params {
		if param, ok := s.param(fn, i, p.Type()); ok {
			all = append(all, param)
		}
	}
	return all
}

// param describes what fn does with its parameter i, of type t; ok is false where
// that is unknown to others, for whom it then takes over. Others know an owner
// as a whole: where it has several obligations, one that is met stands for all.
func (s *Set) param(fn *ssa.Function, i int, t types.Type) (param fact.Param, ok bool) {
	param = fact.Param{Arg: i, Leaves: true}
	paths := s.pathsOf(t)
	if i == 0 && !slices.ContainsFunc(paths, func(q fact.Result) bool { return !otherMethod(fn, q.Methods) }) && !mayReturn(fn, t) {
		return fact.Param{}, false // others know such a method to leave its owner alone
	}
	for _, q := range paths {
		e := s.Effect(fn, i, q.Path, q.Methods)
		if e == nil || e.Escaped || e.Dropped || len(e.Held) > 0 {
			return fact.Param{}, false
		}
		ok = true
		param.Releases = param.Releases || e.Released
		param.Leaves = param.Leaves && e.Unchanged
		for _, r := range e.Returned {
			whole := r.Path == q.Path && types.Identical(fn.Signature.Results().At(r.Index).Type(), t)
			if (r.Path == "" || whole) && !slices.Contains(param.Returns, r.Index) {
				param.Returns = append(param.Returns, r.Index)
			}
		}
	}
	return param, ok
}

// mayReturn reports whether a value of type t, or what can be called in it, can be a
// result of fn.
func mayReturn(fn *ssa.Function, t types.Type) bool {
	for r := range fn.Signature.Results().Variables() {
		if source.Callable(r.Type()) || types.AssignableTo(t, r.Type()) {
			return true
		}
	}
	return false
}

// pathsOf says how a value of type t leads to something to release: it can
// be called itself, or is an owner that a function of the package returns.
func (s *Set) pathsOf(t types.Type) []fact.Result {
	if source.Callable(t) {
		return []fact.Result{{}}
	}
	if n := named(t); n != nil && !types.IsInterface(t) {
		return s.owes(n)
	}
	return nil
}

// owes says how values of the type called n lead to something to release, where
// functions of the package return them so. Only those that return values of the
// type are asked: most that make a context return none.
func (s *Set) owes(n *types.TypeName) []fact.Result {
	if done, ok := s.owners[n]; ok {
		return done
	}
	var all []fact.Result
	for _, fn := range s.makersOf(n) {
		for _, r := range s.Results(fn) {
			same := func(o fact.Result) bool { return o.Path == r.Path && slices.Equal(o.Methods, r.Methods) }
			if len(r.Methods) > 0 && named(fn.Signature.Results().At(r.Index).Type()) == n && !slices.ContainsFunc(all, same) {
				all = append(all, r)
			}
		}
	}
	s.owners[n] = all
	return all
}

// makersOf are the functions of the package that have a result of the type
// called n.
func (s *Set) makersOf(n *types.TypeName) []*ssa.Function {
	if s.makers == nil {
		s.makers = make(map[*types.TypeName][]*ssa.Function)
		for _, fn := range s.prog.Funcs {
			for r := range fn.Signature.Results().Variables() {
				if t := named(r.Type()); t != nil && !slices.Contains(s.makers[t], fn) {
					s.makers[t] = append(s.makers[t], fn)
				}
			}
		}
	}
	return s.makers[n]
}

// named is the name of the type that t is or points to, or nil.
func named(t types.Type) *types.TypeName {
	if n := source.NamedType(t); n != nil {
		return n.Obj()
	}
	return nil
}
