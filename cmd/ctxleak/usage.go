package main

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// usage prints what -h asks for: short, where singlechecker prints the
// analyzer's whole documentation and a dozen flags without effect.
func usage(w io.Writer, fs *flag.FlagSet, a *analysis.Analyzer) {
	title, _, _ := strings.Cut(a.Doc, "\n")
	fmt.Fprintf(w, `ctxleak: %s

Usage:
  ctxleak [flags] [packages]                          ctxleak ./...
  go vet -vettool=$(which ctxleak) [flags] [packages]

Packages are named as for go list; without any, it is the one in this folder.

Instead of packages:
`, title)
	for _, c := range subcommands {
		fmt.Fprintf(w, "  %-15s %s\n", strings.TrimSpace(c.name+" "+c.args), c.title)
	}
	fmt.Fprint(w, `
Rules, all on; -<rule>=false turns one off:
`)
	writeRules(w, a)
	fmt.Fprint(w, "\nFlags:\n")
	fs.VisitAll(func(f *flag.Flag) {
		if f.Usage != "" && !isRule(f) {
			arg, text := flag.UnquoteUsage(f)
			fmt.Fprintf(w, "  %-19s %s\n", "-"+strings.TrimSpace(f.Name+" "+arg), text)
		}
	})
	fmt.Fprintf(w, `
-debug is that of x/tools' driver.

Exit status: 0 clean, 1 something could not be loaded, 2 bad command line,
3 leaks found. With -json and -fix, findings do not count; with -fail-on, those
below do not.

Rules explained: %s/tree/main/docs/rules
`, a.URL)
}

// isRule reports whether f turns a rule on and off: of the analyzer's flags,
// these are on without being given.
func isRule(f *flag.Flag) bool {
	return strings.HasPrefix(f.Usage, "report: ") && f.DefValue == "true"
}
