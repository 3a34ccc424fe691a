// The ctxleak command finds contexts that leak.
//
// Usage:
//
//	ctxleak [flags] [packages]
//	go vet -vettool=$(which ctxleak) [flags] [packages]
//
// Packages are named as for go list; without any, it is the one in the current
// folder. The two ways give the same findings. Findings and errors are written
// to standard error, the answer to -json to standard output.
//
// The flags are those of x/tools' singlechecker (-json, -fix, -diff, -test, -c)
// and of the analyzer: one for each rule, -level, -severity and -dump.
// "ctxleak -h" lists them.
//
// The exit status is
//
//	0  nothing was found; or -json or -fix was given, whatever was found
//	1  some package could not be loaded or analysed; what was found in the
//	   others is printed all the same
//	2  the command line is wrong: an unknown flag, a value that the flag does
//	   not take, or a pattern that matches no package; nothing was analysed
//	3  leaks were found
//
// As a vet tool, its exit status is what go vet wants of it, and go vet's own
// is 1 for findings and errors alike.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/ctxleak/ctxleak/analyzer"
)

// The exit statuses of the package comment.
const (
	exitClean    = 0
	exitError    = 1
	exitUsage    = 2
	exitFindings = 3
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its surroundings as arguments. It does not return where
// singlechecker does the work.
//
// What a vet tool must answer, fixes and the debugging flags are left to
// singlechecker whole: the packages that do them are internal to x/tools. The
// plain run is our own, over the same public packages, for the manners that
// singlechecker lacks (see complain and checkPatterns).
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, analyzer.Analyzer)
	if errors.Is(err, flag.ErrHelp) {
		usage(stdout, o.flags, analyzer.Analyzer)
		return exitClean
	}
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v; \"ctxleak -h\" lists the flags\n", err)
		return exitUsage
	}
	if o.vet {
		singlechecker.Main(analyzer.Analyzer)
	}
	if o.tags != "" {
		if err := addTags(o.tags); err != nil {
			fmt.Fprintf(stderr, "ctxleak: %v\n", err)
			return exitError
		}
	}
	if code := checkPatterns(o.patterns, stderr); code != exitClean {
		return code
	}
	if o.delegate {
		os.Args = append(os.Args[:1], o.args()...)
		singlechecker.Main(analyzer.Analyzer)
	}
	return check(o, analyzer.Analyzer, stdout, stderr)
}
