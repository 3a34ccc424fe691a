package main

import (
	"fmt"
	"io"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// check loads the packages that o names, analyses them, and prints findings and
// errors as o wants. It returns the exit status.
//
// It loads and prints as singlechecker does, byte for byte where there are no
// errors: see testdata/script/same.txtar.
func check(o *options, a *analysis.Analyzer, stdout, stderr io.Writer) int {
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
		return exitError
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}

	code := exitClean
	if complain(stderr, pkgs, graph.Roots) {
		code = exitError
	}
	if kind := o.flags.Lookup("account").Value.String(); kind != "" {
		write := finding.WriteAccounts
		if kind == "json" {
			write = finding.WriteAccountsJSON
		}
		if err := write(stdout, finding.FromGraph(graph).Accounts); err != nil {
			return exitError
		}
		return code
	}
	if o.json {
		if err := graph.PrintJSON(stdout); err != nil {
			return exitError
		}
		return code
	}
	// complain has told of the roots that failed.
	var done checker.Graph
	for _, act := range graph.Roots {
		if act.Err == nil {
			done.Roots = append(done.Roots, act)
		}
	}
	if len(finding.FromGraph(graph).Findings) > 0 && code == exitClean {
		code = exitFindings
	}
	if err := done.PrintText(stderr, o.context); err != nil {
		return exitError
	}
	return code
}
