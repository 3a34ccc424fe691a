package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// options is a command line that has been understood.
type options struct {
	flags    *flag.FlagSet
	patterns []string

	json, fix, diff, test bool
	context               int
	tags                  string

	vet      bool // go vet asks, in its own protocol
	delegate bool // singlechecker is to do the work
}

// parse reads a command line. Its flags are singlechecker's: that parses with
// ExitOnError and answers each slip with sixty lines of usage, in which the one
// line that names it is lost; so the arguments are read here first.
//
// The returned options are never nil.
func parse(args []string, a *analysis.Analyzer) (*options, error) {
	fs := flag.NewFlagSet("ctxleak", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o := &options{flags: fs}

	a.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, f.Name, f.Usage) })

	fs.BoolVar(&o.json, "json", false, "print findings as JSON to standard output; the exit status tells only of errors")
	fs.BoolVar(&o.fix, "fix", false, "apply the suggested fixes instead of printing findings")
	fs.BoolVar(&o.diff, "diff", false, "with -fix: print what would change instead of changing it")
	fs.IntVar(&o.context, "c", -1, "print the offending line with `n` lines around it")
	fs.StringVar(&o.tags, "tags", "", "comma-separated `list` of build tags, as for go build")
	fs.BoolVar(&o.test, "test", true, "analyse test files too")
	fs.BoolVar(&o.test, "tests", true, "the same as -test")

	// Only singlechecker's own driver knows what to do with these.
	for _, name := range driverFlags {
		fs.String(name, "", "")
	}
	// What go vet asks of a tool.
	fs.Bool("flags", false, "")
	fs.BoolFunc("V", "", func(s string) error {
		if s != "full" {
			return errors.New("only -V=full is known")
		}
		return nil
	})
	// Flags of the first go vet, that old scripts may still give. They have
	// no effect (-v has: it is singlechecker's name for -debug=v).
	for _, name := range []string{"v", "all", "source"} {
		fs.Bool(name, false, "")
	}

	if len(args) == 1 && args[0] == "help" { // go vet tells users to type this
		return o, flag.ErrHelp
	}
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	o.patterns = fs.Args()
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	o.vet = given["V"] || given["flags"] || len(o.patterns) == 1 && strings.HasSuffix(o.patterns[0], ".cfg")
	if o.vet {
		return o, nil
	}

	o.delegate = o.fix || given["v"]
	for _, name := range driverFlags {
		o.delegate = o.delegate || given[name]
	}
	for _, p := range o.patterns {
		if strings.HasPrefix(p, "-") {
			return o, fmt.Errorf("flag %s stands behind the packages, and must stand before them", p)
		}
	}
	if o.diff && !o.fix { // go vet refuses this too; singlechecker ignores -diff
		return o, errors.New("-diff needs -fix")
	}
	if len(o.patterns) == 0 {
		o.patterns = []string{"."} // as editors run a linter: in the package's folder, bare
	}
	return o, nil
}

// driverFlags are for the debugging of analyzers.
var driverFlags = []string{"debug", "cpuprofile", "memprofile", "trace"}

// args is the command line that makes singlechecker do what o asks.
func (o *options) args() []string {
	var args []string
	o.flags.Visit(func(f *flag.Flag) {
		name := f.Name
		if name == "tests" {
			name = "test"
		}
		args = append(args, fmt.Sprintf("-%s=%v", name, f.Value))
	})
	return append(args, o.patterns...)
}

// addTags makes the go command build with tags: singlechecker accepts -tags and
// ignores it. They are added to what GOFLAGS is already, in the environment or
// by go env -w.
func addTags(tags string) error {
	flags, err := exec.Command("go", "env", "GOFLAGS").Output()
	if err != nil {
		return fmt.Errorf("go env GOFLAGS: %v", err)
	}
	return os.Setenv("GOFLAGS", strings.TrimSpace(string(flags))+" -tags="+tags)
}
