package driver

import (
	"cmp"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer/unit"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/skim"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/surface"
)

// A graph is the packages of one run.
type graph struct {
	cfg    *Config
	fset   *token.FileSet
	all    []*pkg // each after those that it imports
	pkgs   map[*packages.Package]*pkg
	shells map[*types.Package]*pkg // by types

	exportMu sync.Mutex                // held while export data is decoded
	plain    map[string]*types.Package // by paths, those that are not built for a test

	names *skim.Names // of what never returns
	tool  []byte      // this program's ID, or nil
}

// A pkg is a package in one of its variants.
//
// The field types is the package as those see it that import it: one for the
// whole run, made empty, and filled when somebody wants it.
type pkg struct {
	*packages.Package
	imports []*pkg // without duplicates, in the order of their paths
	root    bool
	test    bool // the main package that go test makes: it has no code of anybody's
	twin    *pkg // the package of the same path that is not built for a test, if this one is
	compare sync.Once
	alike   bool // importers are told by it what they are told by its twin; see isAlike

	types   *types.Package
	fill    sync.Once
	fillErr error

	facts              []objectFact
	functions, methods map[string]unit.Use // see index and indexImports
	decode             sync.Once
	byObj              map[types.Object]analysis.Fact

	unit finding.Unit

	key     cache.Key // if keyed
	keyed   bool
	surface *surface.Surface // of what is the user's own and keyed
	told    cache.Key        // if keyed
}

func newGraph(cfg *Config, roots []*packages.Package) *graph {
	g := &graph{
		cfg:    cfg,
		fset:   token.NewFileSet(),
		pkgs:   make(map[*packages.Package]*pkg),
		shells: make(map[*types.Package]*pkg),
		plain:  make(map[string]*types.Package),
		names:  skim.NewNames(),
	}
	for p := range packages.Postorder(roots) {
		n := &pkg{Package: p, unit: finding.NewUnit(p, nil, nil, nil)}
		p.Fset = g.fset
		n.types = types.Unsafe
		if p.PkgPath != "unsafe" {
			n.types = types.NewPackage(p.PkgPath, p.Name)
		}
		for _, imp := range p.Imports {
			n.imports = append(n.imports, g.pkgs[imp])
		}
		slices.SortFunc(n.imports, func(a, b *pkg) int { return cmp.Compare(a.ID, b.ID) })
		n.imports = slices.Compact(n.imports)
		g.pkgs[p] = n
		g.shells[n.types] = n
		if p.ID == p.PkgPath {
			g.plain[p.PkgPath] = n.types
		}
		g.all = append(g.all, n)
	}
	for _, p := range roots {
		n := g.pkgs[p]
		n.root = true
		n.test = isTestMain(p)
	}
	g.pair()
	g.register()
	if cfg.Cache != nil {
		g.tool, _ = ToolID() // without it, nothing is kept
	}
	return g
}

// isTestMain reports whether p is the main package that go test generates, into
// a file of its cache.
func isTestMain(p *packages.Package) bool {
	return p.Name == "main" && strings.HasSuffix(p.ID, ".test") && len(p.GoFiles) == 1 && filepath.Ext(p.GoFiles[0]) != ".go"
}
