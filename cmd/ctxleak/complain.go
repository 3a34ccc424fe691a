package main

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// complain prints the errors of pkgs and of all that they import, once each,
// and then which of pkgs were not analysed because of them, as units say. It reports whether
// there was anything to print.
//
// singlechecker prints an error once for each test variant of its package, and
// says "analysis skipped due to errors in package" without naming the package.
func complain(w io.Writer, pkgs []*packages.Package, units []finding.Unit) bool {
	said := make(map[string]bool)
	say := func(format string, args ...any) {
		if line := fmt.Sprintf(format, args...); !said[line] {
			said[line] = true
			fmt.Fprintln(w, line)
		}
	}
	for p := range packages.Postorder(pkgs) {
		for _, err := range p.Errors {
			if err.Pos == "" || err.Pos == "-" {
				say("ctxleak: %s: %s", p.ID, err.Msg)
			} else {
				say("%v", err)
			}
		}
		if p.Module != nil && p.Module.Error != nil {
			say("ctxleak: module %s: %s", p.Module.Path, p.Module.Error.Err)
		}
	}
	failed := make(map[string]string)
	for _, u := range units {
		failed[u.ID] = u.Err
	}
	for _, p := range pkgs {
		// What go test makes of a package: "p [p.test]" is p with its test
		// files, p.test the main package. Neither is news where p failed.
		variant := p.ID != p.PkgPath && failed[p.PkgPath] != "" || strings.HasSuffix(p.ID, ".test")
		switch {
		case failed[p.ID] == "" || variant:
		case len(p.Errors) > 0:
			say("ctxleak: %s is not analysed: it has errors", p.ID)
		case p.IllTyped:
			say("ctxleak: %s is not analysed: it imports %s, which has errors", p.ID, broken(p).ID)
		default:
			say("ctxleak: %s: %s", p.ID, failed[p.ID])
		}
	}
	return len(said) > 0
}

// broken is the first package with errors among those that p imports, in the
// order in which they were printed.
func broken(p *packages.Package) *packages.Package {
	for dep := range packages.Postorder([]*packages.Package{p}) {
		if len(dep.Errors) > 0 {
			return dep
		}
	}
	return p
}
