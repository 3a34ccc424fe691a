package driver

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"go/ast"
	"slices"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/surface"
)

// Of an edit, importers are told no more than what it changes of the types that
// they see and of the facts. If that is nothing, they are found again in the
// cache, although they import what has changed.

// setTold computes p.told, a hash of what p tells its importers by itself and by
// the imports that they can see through it. Code that stays as it is tells the
// same for ever, so there its key will do.
func (g *graph) setTold(p *pkg) error {
	if !p.keyed {
		return nil
	}
	if !g.cfg.Env.ours(p.Package) {
		p.told = p.key
		return nil
	}
	if p.surface == nil { // nor has its twin any
		p.keyed = false
		return nil
	}
	h := sha256.New()
	write(h, p.PkgPath, p.Name)
	h.Write(p.surface.Hash)
	if err := json.NewEncoder(h).Encode(p.facts); err != nil {
		return err
	}
	for _, path := range p.surface.Imports {
		if imp := p.Imports[path]; imp != nil {
			told := g.pkgs[imp].told
			h.Write(told[:])
		}
	}
	p.told = cache.Key(h.Sum(nil))
	return nil
}

// setSurface computes p.surface from what was parsed, if it is of any use.
func (g *graph) setSurface(p *pkg, syntax []*ast.File, texts [][]byte) {
	if !p.keyed || !g.cfg.Env.ours(p.Package) {
		return
	}
	if len(p.Errors) > 0 {
		p.keyed = false
		return
	}
	var files []surface.File
	for i := range syntax {
		files = append(files, surface.File{Syntax: syntax[i], Text: texts[i]})
	}
	s := surface.Of(g.fset, files, func(path string) string {
		if imp := p.Imports[path]; imp != nil {
			return imp.Name
		}
		return ""
	})
	p.surface = &s
}

// others are the files of other packages that u, which is p's, points into, with
// hashes of what they hold: lines may move without a change of what is told.
func (g *graph) others(p *pkg, u finding.Unit) map[string]string {
	var others map[string]string
	for _, f := range u.Findings {
		for _, r := range f.Related {
			file := r.Pos.File
			if slices.Contains(p.CompiledGoFiles, file) {
				continue
			}
			if others == nil {
				others = make(map[string]string)
			}
			held, _ := g.contents(file)
			others[file] = hex.EncodeToString(held[:])
		}
	}
	return others
}
