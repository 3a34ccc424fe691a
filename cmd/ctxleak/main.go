// The ctxleak command finds contexts that leak.
//
// Usage:
//
//	ctxleak [flags] [packages]
//	ctxleak rules | explain RULE | version
//	go vet -vettool=$(which ctxleak) [flags] [packages]
//
// Packages are named as for go list; without any, it is the one in the current
// folder. Alone and through go vet, the findings are the same. They are written
// to standard output, in the form that -format names; errors to standard error.
//
// The flags are those of x/tools' singlechecker (-json, -fix, -diff, -test, -c),
// of the analyzer (one for each rule, -level, -severity and -dump), and of the
// output. "ctxleak -h" lists them.
//
// The exit status is
//
//	0  nothing was found; or -json or -fix was given, whatever was found; or
//	   nothing as severe as -fail-on
//	1  some package could not be loaded or analysed; what was found in the
//	   others is printed all the same; or the output could not be written
//	2  the command line is wrong: an unknown flag, a value that the flag does
//	   not take (a baseline that cannot be read, a revision that there is
//	   not), or a pattern that matches no package; nothing was analysed
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
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/driver"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/headroom"
)

// The exit statuses of the package comment.
const (
	exitClean    = 0
	exitError    = 1
	exitUsage    = 2
	exitFindings = 3
)

func main() {
	if os.Getenv("GOGC") == "" {
		headroom.Grant(125, 256<<20) // a fifth less time, for more memory
	}
	lookup()
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// lookup does what the driver wants of the command in the place of a compiler.
func lookup() {
	if len(os.Args) > 1 && os.Args[1] == driver.Lookup {
		os.Exit(driver.Looked(os.Args[2:]))
	}
}

// run is main with its surroundings as arguments. It does not return where
// singlechecker does the work.
//
// What a vet tool must answer, fixes and the debugging flags are left to
// singlechecker whole: the packages that do them are internal to x/tools. The
// plain run is our own, over the same public packages, for the manners that
// singlechecker lacks (see complain and checkPatterns).
func run(args []string, stdout, stderr io.Writer) int {
	if code, is := runSubcommand(args, analyzer.Analyzer, stdout, stderr); is {
		return code
	}
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
		return vet(o, analyzer.Analyzer, stdout, stderr)
	}
	if o.fix && !o.diff {
		return fix(o, stderr)
	}
	if o.tags != "" {
		if err := addTags(o.tags); err != nil {
			fmt.Fprintf(stderr, "ctxleak: %v\n", err)
			return exitError
		}
	}
	if o.delegate {
		if code := checkPatterns(o.patterns, stderr); code != exitClean {
			return code
		}
		os.Args = append(os.Args[:1], o.args()...)
		singlechecker.Main(analyzer.Analyzer)
	}
	filter, err := prepare(o)
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitUsage
	}
	stop, err := o.profile()
	if err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}
	report, code := check(o, analyzer.Analyzer, stderr)
	if report != nil {
		code = present(o, filter, analyzer.Analyzer, report, code, stdout, stderr)
	}
	if err := stop(); err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}
	return code
}
