package driver

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"

	"github.com/ctxleak/ctxleak/analyzer/unit"
)

// An objectFact is a fact, with the path that leads to its object in whatever
// form its package is loaded.
type objectFact struct {
	Path objectpath.Path
	Name string // the object's
	Fact analysis.Fact
}

// keep makes of what the analysis of p exported what others import. An object
// without a path is out of their reach.
func (g *graph) keep(p *pkg, exported map[types.Object]analysis.Fact) {
	var enc objectpath.Encoder
	for obj, f := range exported {
		if path, err := enc.For(obj); err == nil {
			p.facts = append(p.facts, objectFact{path, obj.Name(), f})
		}
	}
	slices.SortFunc(p.facts, func(a, b objectFact) int { return cmp.Compare(a.Path, b.Path) })
	g.learn(p)
}

// learn adds to the names of what never returns those that are p's.
func (g *graph) learn(p *pkg) {
	for _, f := range p.facts {
		if unit.NeverReturns(f.Fact) {
			g.names.Add(f.Name)
		}
	}
}

// fact returns the fact about obj, an object of p as its importers see it.
func (p *pkg) fact(obj types.Object) analysis.Fact {
	p.decode.Do(func() {
		p.byObj = make(map[types.Object]analysis.Fact)
		for _, f := range p.facts {
			if obj, err := objectpath.Object(p.types, f.Path); err == nil {
				p.byObj[obj] = f.Fact
			}
		}
	})
	return p.byObj[obj]
}

// A factSet is the facts that the analysis of one package sees and makes.
type factSet struct {
	g        *graph
	p        *pkg
	types    *types.Package // p's own, in this analysis
	direct   map[*types.Package]*pkg
	exported map[types.Object]analysis.Fact
}

func (g *graph) factsFor(p *pkg, tpkg *types.Package) *factSet {
	s := &factSet{g: g, p: p, types: tpkg, direct: make(map[*types.Package]*pkg), exported: make(map[types.Object]analysis.Fact)}
	for _, imp := range p.imports {
		s.direct[imp.types] = imp
	}
	return s
}

func (s *factSet) importObject(obj types.Object, ptr analysis.Fact) bool {
	var f analysis.Fact
	if obj.Pkg() == s.types {
		f = s.exported[obj]
	} else if of := s.g.shells[obj.Pkg()]; of != nil && (s.direct[obj.Pkg()] != nil || isMethod(obj)) {
		// Of packages that p does not import itself, only methods are known.
		f = of.fact(obj)
	}
	if f == nil || reflect.TypeOf(f) != reflect.TypeOf(ptr) {
		return false
	}
	reflect.ValueOf(ptr).Elem().Set(reflect.ValueOf(f).Elem())
	return true
}

func isMethod(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Recv() != nil
}

func (s *factSet) exportObject(obj types.Object, f analysis.Fact) { s.exported[obj] = f }

// all returns the facts of p and of the packages that it imports itself.
func (s *factSet) all() []analysis.ObjectFact {
	var all []analysis.ObjectFact
	for _, imp := range s.p.imports {
		if len(imp.facts) == 0 {
			continue
		}
		imp.fact(nil)
		for obj, f := range imp.byObj {
			all = append(all, analysis.ObjectFact{Object: obj, Fact: f})
		}
	}
	for obj, f := range s.exported {
		all = append(all, analysis.ObjectFact{Object: obj, Fact: f})
	}
	return all
}
