package driver

import (
	"fmt"
	"go/ast"
	"go/types"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/unit"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// process does with p, whose imports are done, what has to be done.
func (g *graph) process(p *pkg) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("internal error in package %s: %v\n%s", p.PkgPath, x, debug.Stack())
		}
	}()
	p.indexImports()
	defer func() {
		p.index()
		if err == nil {
			err = g.setTold(p)
		}
	}()
	if p.types == types.Unsafe || p.test {
		return nil
	}
	if len(p.Errors) > 0 {
		return ErrUnsupported
	}
	g.setKey(p)
	if !g.searched(p) && p.Module == nil && unit.Standard(p.PkgPath, p.Dir) {
		return nil // there are no facts about it
	}
	if g.cached(p) {
		return nil
	}
	known := g.asTwin(p)
	if known && !g.unseen(p) {
		return nil
	}
	if err := g.load(p, known); err != nil {
		return err
	}
	g.store(p)
	return nil
}

// unseen reports whether p may have errors: it is the user's own, and nobody has
// compiled it.
func (g *graph) unseen(p *pkg) bool { return p.ExportFile == "" && g.cfg.Env.ours(p.Package) }

// searched reports whether leaks are looked for in p. Of others only facts are
// wanted.
func (g *graph) searched(p *pkg) bool { return p.root || g.cfg.Whole }

// load parses, type-checks and analyses p as far as it must: where its facts are
// known, for its errors alone.
func (g *graph) load(p *pkg, known bool) error {
	open := !known && g.gateOpen(p)
	unseen := g.unseen(p)
	facts := open || !known && g.mayExport(p)
	if !facts && !unseen {
		return nil
	}

	if open && g.searched(p) { // its code will be checked
		defer g.fillImports(p).Wait()
	}
	files, texts := g.parse(p)
	g.setSurface(p, files, texts)
	whole := open // or else only what never returns is of interest
	if open && !g.searched(p) && len(p.Errors) == 0 {
		whole = g.tells(p, files)
	}
	tpkg, info := p.types, unit.NewInfo()
	conf := &types.Config{Error: p.fail}
	switch {
	case unseen:
		if !facts {
			info = nil
		}
	case whole && p.ExportFile == "":
	case whole:
		// Those that import p have its types from its export data.
		tpkg = types.NewPackage(p.PkgPath, p.Name)
	default:
		if !unit.MayExport(files, open, g.names.Has) {
			return nil
		}
		tpkg = types.NewPackage(p.PkgPath, p.Name)
		conf.Error = func(error) {} // imports without use
	}
	g.check(p, tpkg, files, info, conf)
	if len(p.Errors) > 0 {
		return ErrUnsupported
	}
	if facts && (whole || !unseen || unit.MayExport(files, open, g.names.Has)) {
		g.analyze(p, tpkg, files, info)
	}
	return nil
}

// analyze runs the analyzer on p, and keeps what it found.
func (g *graph) analyze(p *pkg, tpkg *types.Package, files []*ast.File, info *types.Info) {
	facts := g.factsFor(p, tpkg)
	pass := unit.NewPass(g.fset, files, tpkg, info, p.TypesSizes)
	pass.Analyzer = g.cfg.Analyzer
	pass.OtherFiles, pass.IgnoredFiles = p.OtherFiles, p.IgnoredFiles
	pass.Module = module(p.Module)
	pass.ReadFile = g.read
	pass.ImportObjectFact, pass.ExportObjectFact, pass.AllObjectFacts = facts.importObject, facts.exportObject, facts.all
	var found []analysis.Diagnostic
	if g.searched(p) {
		unit.Collect(pass, &found)
	}
	result, err := g.cfg.Analyzer.Run(pass)
	if p.root {
		result, _ := result.(*analyzer.Result)
		p.unit = finding.NewUnit(p.Package, found, result, err)
	}
	g.keep(p, facts.exported)
}

func module(m *packages.Module) *analysis.Module {
	if m == nil {
		return new(analysis.Module)
	}
	am := &analysis.Module{
		Path: m.Path, Version: m.Version, Time: m.Time, Main: m.Main,
		Indirect: m.Indirect, Dir: m.Dir, GoMod: m.GoMod, GoVersion: m.GoVersion,
	}
	if m.Replace != nil {
		am.Replace = module(m.Replace)
	}
	return am
}
