package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/driver"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// check loads the packages that o names and analyses them. It tells of errors
// on stderr, and returns what was found all the same, with the exit status that
// the errors make; without a report, nothing could be analysed.
func check(o *options, a *analysis.Analyzer, stderr io.Writer) (*finding.Report, int) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	loading, cancel := context.WithCancel(ctx)
	defer cancel()
	patterns := &patternCheck{patterns: o.patterns, stop: cancel}
	progress := newProgress(stderr)
	pkgs, units, err := load(loading, o, a, progress, patterns.seen)
	progress.end()
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	} else if code := patterns.done(stderr); code != exitClean {
		return nil, code
	}
	if err == nil && len(pkgs) == 0 {
		err = fmt.Errorf("no packages")
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %s\n", oneLine(err.Error()))
		return nil, exitError
	}
	code := exitClean
	if complain(stderr, pkgs, units) {
		code = exitError
	}
	return finding.New(units), code
}

// load loads and analyses packages in one of two ways, which give the same: by
// our own driver, and as singlechecker does, where that cannot or -driver says
// so. Before it analyses them, it calls seen with those that the patterns name.
func load(ctx context.Context, o *options, a *analysis.Analyzer, progress *progress, seen func([]*packages.Package)) ([]*packages.Package, []finding.Unit, error) {
	env, err := driver.Ask(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	if o.driver == "fast" && !otherBuild(o.patterns) {
		dump := a.Flags.Lookup("dump").Value.String() != ""
		kept, err := openCache(o.cache)
		if err != nil {
			return nil, nil, err
		}
		if dump { // what is dumped is not kept
			kept = nil
		}
		defer kept.Trim()
		conf := &driver.Config{
			Cache:    kept,
			Analyzer: a,
			Patterns: o.patterns,
			Seen:     seen,
			Tests:    o.test,
			Env:      env,
			Whole:    dump,
		}
		if progress != nil {
			conf.Progress = progress.update
		}
		res, err := driver.Run(ctx, conf)
		if err == nil {
			return res.Packages, res.Units, nil
		}
		if !errors.Is(err, driver.ErrUnsupported) {
			return nil, nil, err
		}
	}
	conf := &packages.Config{
		Context: ctx,
		// The analyzer has facts: its findings need the dependencies' syntax.
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Tests: o.test,
	}
	env.Overlay(conf)
	pkgs, err := packages.Load(conf, o.patterns...)
	if err != nil {
		return nil, nil, err
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	seen(pkgs)
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		return nil, nil, err
	}
	return pkgs, finding.Units(graph), nil
}

// openCache opens the cache that -cache names.
func openCache(name string) (*cache.Cache, error) {
	switch name {
	case "off":
		return nil, nil
	case "":
		dir, err := cache.DefaultDir()
		if err != nil {
			return nil, nil // no home, nothing kept
		}
		kept, err := cache.Open(dir)
		if err != nil {
			return nil, nil // nor where nothing can be written
		}
		return kept, nil
	}
	kept, err := cache.Open(name)
	if err != nil {
		return nil, fmt.Errorf("-cache: %v", err)
	}
	return kept, nil
}
