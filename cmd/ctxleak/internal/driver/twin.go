package driver

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/types/objectpath"
)

// For the tests of a package, those that it imports it by are built anew: from the
// same files, with imports that test files may have added to. Where what it is
// told of those is the same, so is what it tells.

// pair finds the plain twins of the packages that are built for some test.
func (g *graph) pair() {
	plain := make(map[string]*pkg)
	for _, p := range g.all {
		if p.ForTest == "" {
			plain[p.PkgPath] = p
		}
	}
	for _, p := range g.all {
		if p.ForTest != "" && !p.test {
			p.twin = plain[p.PkgPath]
		}
	}
}

// asTwin gives p, of which only facts are wanted, those of its twin, and reports
// whether they are p's. It may have errors that its twin has not.
func (g *graph) asTwin(p *pkg) bool {
	if p.twin == nil || g.searched(p) || !slices.Equal(p.CompiledGoFiles, p.twin.CompiledGoFiles) || !g.toldAlike(p) {
		return false
	}
	p.facts, p.surface = p.twin.facts, p.twin.surface
	return true
}

// toldAlike reports whether p is told by its imports what its twin is told by its
// own.
func (g *graph) toldAlike(p *pkg) bool {
	for path, imp := range p.twin.Imports {
		if other := p.Imports[path]; other != imp && (other == nil || !g.isAlike(g.pkgs[other])) {
			return false
		}
	}
	return true
}

// isAlike reports whether p, which is done, as its twin is, tells its importers,
// itself and by what it imports, what its twin does. It may tell more about objects
// that the twin lacks.
func (g *graph) isAlike(p *pkg) bool {
	p.compare.Do(func() { p.alike = p.twin != nil && g.toldAlike(p) && g.tellsAlike(p) })
	return p.alike
}

func (g *graph) tellsAlike(p *pkg) bool {
	told := make(map[objectpath.Path]objectFact)
	for _, f := range p.facts {
		told[f.Path] = f
	}
	for _, f := range p.twin.facts {
		if !reflect.DeepEqual(told[f.Path], f) {
			return false
		}
		delete(told, f.Path)
	}
	if len(told) == 0 {
		return true
	}
	types, err := g.typesOf(p.twin)
	if err != nil {
		return false
	}
	for path := range told {
		if _, err := objectpath.Object(types, path); err == nil {
			return false
		}
	}
	return true
}
