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
	return unit.MayTell(files, unit.Imports{
		Function: func(path, name string) (u unit.Use) {
			if imp := p.Imports[path]; imp != nil {
				u = g.pkgs[imp].functions[name]
			}
			return u
		},
		Method: func(name string) unit.Use { return p.methods[name] },
		Standard: func(path string) bool {
			imp := p.Imports[path]
			return imp != nil && g.cfg.Env.standard(imp)
		},
		Types: func(path string) *types.Package {
			if imp := p.Imports[path]; imp != nil {
				if tpkg, err := g.typesOf(g.pkgs[imp]); err == nil {
					return tpkg
				}
			}
			return nil
		},
	})
}

// indexImports notes the uses of the methods of all that p imports, however far:
// methods are called far from the package that has them.
func (p *pkg) indexImports() {
	for _, imp := range p.imports {
		p.methods = union(p.methods, imp.methods)
	}
}

// index adds the uses of p's own functions and methods.
func (p *pkg) index() {
	own := make(map[string]unit.Use)
	for _, f := range p.facts {
		u := unit.UseOf(f.Fact)
		if u == 0 {
			continue
		}
		if strings.Contains(string(f.Path), ".") { // it is reached through another object
			own[f.Name] = max(own[f.Name], u)
			continue
		}
		if p.functions == nil {
			p.functions = make(map[string]unit.Use)
		}
		p.functions[f.Name] = u
	}
	p.methods = union(p.methods, own)
}

// union returns the uses of a and b, the greater ones where both have one. It
// changes neither, and may be one of them.
func union(a, b map[string]unit.Use) map[string]unit.Use {
	if len(a) < len(b) {
		a, b = b, a
	}
	cloned := false
	for name, u := range b {
		if a[name] >= u {
			continue
		}
		if !cloned {
			a, cloned = maps.Clone(a), true
		}
		a[name] = u
	}
	return a
}
