package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/driver"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// check loads the packages that o names and analyses them. It tells of errors
// on stderr, and returns what was found all the same, with the exit status that
// the errors make; without a report, nothing could be analysed.
func check(o *options, a *analysis.Analyzer, stderr io.Writer) (*finding.Report, int) {
	pkgs, units, err := load(o, a)
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
// so.
func load(o *options, a *analysis.Analyzer) ([]*packages.Package, []finding.Unit, error) {
	ctx := context.Background()
	env, err := driver.Ask(ctx, "")
	if err != nil {
		return nil, nil, err
	}
	if o.driver == "fast" && !otherBuild(o.patterns) {
		res, err := driver.Run(ctx, &driver.Config{
			Analyzer: a,
			Patterns: o.patterns,
			Tests:    o.test,
			Env:      env,
			Whole:    a.Flags.Lookup("dump").Value.String() != "",
		})
		if err == nil {
			return res.Packages, res.Units, nil
		}
		if !errors.Is(err, driver.ErrUnsupported) {
			return nil, nil, err
		}
	}
	conf := &packages.Config{
		// The analyzer has facts: its findings need the dependencies' syntax.
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Tests: o.test,
	}
	env.Overlay(conf)
	pkgs, err := packages.Load(conf, o.patterns...)
	if err != nil {
		return nil, nil, err
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		return nil, nil, err
	}
	return pkgs, finding.Units(graph), nil
}
