package driver

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"sync"

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

// names are those of all functions so far that never return, in whatever
// package. That those of packages that p does not import are among them makes
// for a closer look at p, not for another result.
type names struct {
	mu    sync.RWMutex
	known map[string]bool
	list  [][]byte
}

func (n *names) init() {
	n.known = make(map[string]bool)
	for _, name := range unit.Names() {
		n.add(name)
	}
}

func (n *names) add(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[name] {
		n.known[name] = true
		n.list = append(n.list, []byte(name))
	}
}

func (n *names) has(name string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.known[name]
}

// in reports whether any of the names occurs in src.
func (n *names) in(src []byte) bool {
	n.mu.RLock()
	list := n.list
	n.mu.RUnlock()
	for _, name := range list {
		if bytes.Contains(src, name) {
			return true
		}
	}
	return false
}

// mayExport reports whether p, whose gate is closed, may have a function that
// never returns.
func (g *graph) mayExport(p *pkg) bool {
	for _, file := range p.CompiledGoFiles {
		src, err := g.read(file)
		if err != nil || !g.names.in(src) {
			continue
		}
		f, _ := parser.ParseFile(token.NewFileSet(), file, src, parser.SkipObjectResolution)
		if f != nil && unit.MayExport([]*ast.File{f}, g.names.has) {
			return true
		}
	}
	return false
}
