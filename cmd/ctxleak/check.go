package main

import (
	"fmt"
	"io"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// check loads the packages that o names and analyses them. It tells of errors
// on stderr, and returns what was found all the same, with the exit status that
// the errors make; without a report, nothing could be analysed.
func check(o *options, a *analysis.Analyzer, stderr io.Writer) (*finding.Report, int) {
	pkgs, err := packages.Load(&packages.Config{
		// The analyzer has facts: its findings need the dependencies' syntax.
		Mode:  packages.LoadAllSyntax | packages.NeedModule,
		Tests: o.test,
	}, o.patterns...)
	if err == nil && len(pkgs) == 0 {
		err = fmt.Errorf("no packages")
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %s\n", oneLine(err.Error()))
		return nil, exitError
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return nil, exitError
	}
	code := exitClean
	if complain(stderr, pkgs, graph.Roots) {
		code = exitError
	}
	return finding.FromGraph(graph), code
}
