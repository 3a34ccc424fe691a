// Package driver loads and analyses packages, at the cost of those that matter.
//
// In come patterns, as for go list, and an analyzer; out come the packages that
// they name, with the findings and errors of each. They are those of x/tools'
// checker over packages.Load, which type-checks the whole import graph; this
// driver does not:
//
//   - the graph comes from go list, which is asked for the export data that go
//     build has left behind, but not to compile anything (listed.go);
//   - the analyzer's gate is asked first, package by package in the order of
//     imports, on import paths and facts alone (gate.go);
//   - the packages that pass are parsed and type-checked, with their imports'
//     types read from export data or, where there is none, checked from source
//     without function bodies (types.go);
//   - what is built anew for the tests of another package tells what it does
//     else, if it is told the same (twin.go);
//   - facts pass from package to package by object path (facts.go), and syntax
//     and SSA are dropped as soon as a package is done (analyze.go);
//   - what came of a package is kept, and found again by all that decides it
//     (keys.go): of its imports, what they tell (told.go).
//
// What it cannot do as the checker does, it leaves to it: Run then returns
// ErrUnsupported.
package driver

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// A Config says what to analyse.
type Config struct {
	Analyzer *analysis.Analyzer
	Patterns []string
	Tests    bool
	Dir      string       // "" is the current folder
	Env      *Environment // of that folder
	Whole    bool         // look for leaks in dependencies, too, and report none

	Cache    *cache.Cache              // or nil
	Seen     func([]*packages.Package) // or nil; called once it is known what the patterns name
	Progress func(done, all int)       // or nil; called after each package, by any goroutine
}

// ErrUnsupported says that the packages must be loaded in the way of package
// checker.
var ErrUnsupported = errors.New("unsupported by the fast driver")

// A Result is what came of a run.
type Result struct {
	Packages []*packages.Package // those that the patterns name
	Units    []finding.Unit      // what came of each
}

// Run loads and analyses packages.
func Run(ctx context.Context, cfg *Config) (*Result, error) {
	roots, err := list(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Seen != nil {
		cfg.Seen(roots)
	}
	g := newGraph(cfg, roots)
	if err := g.run(ctx); err != nil {
		return nil, err
	}
	for _, p := range g.all {
		if len(p.Errors) > 0 {
			return nil, ErrUnsupported
		}
	}
	res := &Result{Packages: roots}
	for _, p := range roots {
		res.Units = append(res.Units, g.pkgs[p].unit)
	}
	return res, nil
}

// run processes every package once those that it imports are done, and its twin, if
// it may be as that one.
func (g *graph) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	waiting := make(map[*pkg]int)  // for how many others
	after := make(map[*pkg][]*pkg) // that wait for it, once for each
	ready := make(chan *pkg, len(g.all))
	for _, p := range g.all {
		first := p.imports
		if p.twin != nil && !g.searched(p) {
			first = append(slices.Clip(first), p.twin)
		}
		waiting[p] = len(first)
		for _, q := range first {
			after[q] = append(after[q], p)
		}
		if len(first) == 0 {
			ready <- p
		}
	}
	var (
		mu   sync.Mutex
		left = len(g.all)
		wg   sync.WaitGroup
	)
	if left == 0 {
		close(ready)
	}
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for {
				var p *pkg
				var ok bool
				select {
				case p, ok = <-ready:
				case <-ctx.Done():
				}
				if !ok {
					return
				}
				if err := g.process(p); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				for _, q := range after[p] {
					if waiting[q]--; waiting[q] == 0 {
						ready <- q
					}
				}
				if left--; left == 0 {
					close(ready)
				}
				done := len(g.all) - left
				mu.Unlock()
				if g.cfg.Progress != nil {
					g.cfg.Progress(done, len(g.all))
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
