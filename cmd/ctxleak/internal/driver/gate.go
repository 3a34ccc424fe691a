package driver

import (
	"go/ast"
	"go/types"
	"maps"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer/unit"
)

// gateOpen reports whether p may matter, by its imports and their facts.
func (g *graph) gateOpen(p *pkg) bool {
	paths := make([]string, len(p.imports))
	owing := make(map[string]bool)
	for i, imp := range p.imports {
		paths[i] = imp.PkgPath
		for _, f := range imp.facts {
			if unit.Owes(f.Fact) {
				owing[imp.PkgPath] = true
				break
			}
		}
	}
	return unit.GateOpen(paths, func(path string) bool { return owing[path] })
}

// mayExport reports whether p, whose gate is closed, may have a function that
// never returns.
func (g *graph) mayExport(p *pkg) bool { return g.names.MayExport(p.CompiledGoFiles, g.read) }

// tells reports whether p, whose gate is open, may have facts about
// obligations. files are its syntax.
func (g *graph) tells(p *pkg, files []*ast.File) bool {
	methods := importedMethods(p)
	if unit.Mentions(files, unit.Owing{
		Functions: func(path string) map[string]bool {
			imp := p.Imports[path]
			if imp == nil {
				return nil
			}
			return g.pkgs[imp].owing
		},
		Methods: func(name string) bool { return methods[name] },
	}) {
		return true
	}
	standard := func(path string) bool {
		imp := p.Imports[path]
		return imp != nil && g.cfg.Env.standard(imp)
	}
	return unit.MayTake(files, standard, func(path, name string) types.Type {
		imp := p.Imports[path]
		if imp == nil {
			return nil
		}
		if tpkg, err := g.typesOf(g.pkgs[imp]); err == nil {
			if obj, ok := tpkg.Scope().Lookup(name).(*types.TypeName); ok {
				return obj.Type()
			}
		}
		return nil
	})
}

// index notes the names of those of p's functions and methods, and of the
// methods that it imports, that hand on an obligation. Methods are called far
// from the package that has them.
func (p *pkg) index() {
	p.methods = importedMethods(p)
	own := make(map[string]bool)
	for _, f := range p.facts {
		if !unit.Owes(f.Fact) {
			continue
		}
		if strings.Contains(string(f.Path), ".") { // it is reached through another object
			own[f.Name] = true
			continue
		}
		if p.owing == nil {
			p.owing = make(map[string]bool)
		}
		p.owing[f.Name] = true
	}
	p.methods = union(p.methods, own)
}

func importedMethods(p *pkg) map[string]bool {
	var all map[string]bool
	for _, imp := range p.imports {
		all = union(all, imp.methods)
	}
	return all
}

// union returns a set with all of a and b. It changes neither, and may be one of
// them.
func union(a, b map[string]bool) map[string]bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	cloned := false
	for name := range b {
		if a[name] {
			continue
		}
		if !cloned {
			a, cloned = maps.Clone(a), true
		}
		a[name] = true
	}
	return a
}
