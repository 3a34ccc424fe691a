package driver

import "github.com/ctxleak/ctxleak/analyzer/unit"

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
