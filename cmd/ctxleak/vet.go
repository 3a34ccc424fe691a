package main

import (
	"flag"
	"fmt"
	"go/scanner"
	"go/types"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/driver"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/vetunit"
)

// vet answers go vet: what the tool is, which flags it has, and what there is to
// find in one package. Fixes are left to singlechecker, and with them the whole
// run of go vet, since its flags are the same for all packages.
func vet(o *options, a *analysis.Analyzer, stdout, stderr io.Writer) int {
	if o.version {
		return answerVersion(stdout, stderr)
	}
	if o.fix || len(o.patterns) != 1 || filepath.Ext(o.patterns[0]) != ".cfg" {
		singlechecker.Main(a)
	}
	cfg, err := vetunit.Read(o.patterns[0])
	if err == nil && !vetunit.Supported(cfg) {
		singlechecker.Main(a)
	}
	found := false
	if err == nil {
		opts := vetunit.Options{JSON: o.format == "json", Context: -1}
		o.flags.Visit(func(f *flag.Flag) {
			if f.Name == "c" { // the default is another
				opts.Context = o.context
			}
		})
		found, err = vetunit.Run(cfg, a, opts, stdout, stderr)
	}
	switch {
	case err != nil:
		switch err.(type) {
		case types.Error, *scanner.Error, scanner.ErrorList: // as the compiler writes them
			fmt.Fprintln(stderr, err)
		default:
			fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		}
		return exitError
	case found:
		return exitError // go vet knows no other
	}
	return exitClean
}

// answerVersion says which tool this is, in the form that the go command wants. It
// asks at every run; singlechecker would hash all of the program first.
func answerVersion(stdout, stderr io.Writer) int {
	exe, err := os.Executable()
	if err == nil {
		var id []byte
		if id, err = driver.ToolID(); err == nil {
			fmt.Fprintf(stdout, "%s version devel buildID=%x\n", exe, id)
			return exitClean
		}
	}
	fmt.Fprintf(stderr, "ctxleak: %v\n", err)
	return exitError
}
