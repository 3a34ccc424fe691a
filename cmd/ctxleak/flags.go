package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/format"
)

// options is a command line that has been understood.
type options struct {
	flags    *flag.FlagSet
	patterns []string

	fix, diff, test bool
	context         int
	tags            string
	driver          string // fast or singlechecker
	cache           string // "off", a folder, or "": the default folder

	format  string
	output  string
	summary bool
	failOn  string
	account string // the analyzer's flag

	baseline      string
	writeBaseline bool
	newFrom       string

	cpuprofile, memprofile, trace string

	vet      bool // go vet asks, in its own protocol
	version  bool // which tool this is
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
	o := &options{flags: fs, driver: "fast"}
	formats := make(map[string]bool)

	a.Flags.VisitAll(func(f *flag.Flag) { fs.Var(f.Value, f.Name, f.Usage) })

	fs.BoolFunc("json", "the same as -format=json", func(s string) error {
		on, err := strconv.ParseBool(s)
		if err == nil && on {
			formats["json"] = true
		}
		return err
	})
	fs.Var(choice{allowed: slices.Sorted(maps.Keys(format.Formats)), set: func(s string) { formats[s] = true }}, "format",
		"print findings as `kind`: "+strings.Join(slices.Sorted(maps.Keys(format.Formats)), ", "))
	fs.StringVar(&o.output, "o", "", "write to `file` instead of standard output, whole or not at all")
	fs.BoolVar(&o.summary, "summary", false, "print how many findings each package and rule has, instead of them")
	fs.Var(choice{allowed: severities, set: func(s string) { o.failOn = s }}, "fail-on",
		"exit with 3 only if a finding has this `severity` or above: "+strings.Join(severities, ", ")+" (default low; none with -format=json)")
	fs.BoolVar(&o.fix, "fix", false, "apply the suggested fixes instead of printing findings")
	fs.BoolVar(&o.diff, "diff", false, "with -fix: print what would change instead of changing it")
	fs.IntVar(&o.context, "c", 0, "show the offending line with `n` lines around it; -1: without")
	fs.StringVar(&o.baseline, "baseline", "", "leave out the findings that `file` knows")
	fs.BoolVar(&o.writeBaseline, "write-baseline", false, "make the file of -baseline know all findings, instead of printing them")
	fs.StringVar(&o.newFrom, "new-from", "", "leave out the findings of which no line has changed since the git `revision`")
	fs.StringVar(&o.tags, "tags", "", "comma-separated `list` of build tags, as for go build")
	fs.BoolVar(&o.test, "test", true, "analyse test files too")
	fs.BoolVar(&o.test, "tests", true, "the same as -test")

	fs.Func("driver", "`how` packages are loaded: fast, or singlechecker (as x/tools does, for comparison)", func(s string) error {
		if s != "fast" && s != "singlechecker" {
			return errors.New("must be fast or singlechecker")
		}
		o.driver = s
		return nil
	})

	fs.StringVar(&o.cache, "cache", "", "keep results in `folder`, or nowhere if off (default: ctxleak in the user's cache folder)")
	fs.StringVar(&o.cpuprofile, "cpuprofile", "", "write a CPU profile to `file`")
	fs.StringVar(&o.memprofile, "memprofile", "", "write a memory profile to `file`")
	fs.StringVar(&o.trace, "trace", "", "write an execution trace to `file`")
	// Only singlechecker's own driver knows what to do with this.
	fs.String("debug", "", "")
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
	o.version = given["V"]
	o.vet = o.version || given["flags"] || len(o.patterns) == 1 && strings.HasSuffix(o.patterns[0], ".cfg")
	o.format = "text"
	for f := range formats {
		o.format = f
	}
	if o.vet {
		return o, nil
	}

	o.delegate = o.fix || given["v"] || given["debug"]
	for _, p := range o.patterns {
		if strings.HasPrefix(p, "-") {
			return o, fmt.Errorf("flag %s stands behind the packages, and must stand before them", p)
		}
	}
	if len(formats) > 1 {
		return o, fmt.Errorf("only one format can be printed, not %s", strings.Join(slices.Sorted(maps.Keys(formats)), " and "))
	}
	if o.summary && o.format != "text" {
		return o, fmt.Errorf("-summary is text, not %s", o.format)
	}
	o.account = fs.Lookup("account").Value.String()
	if o.account != "" && (o.summary || len(formats) > 0) {
		return o, errors.New("-account is printed instead of findings: it does not go with -format or -summary")
	}
	switch {
	case o.writeBaseline && o.baseline == "":
		return o, errors.New("-write-baseline needs -baseline=file")
	case o.writeBaseline && o.newFrom != "":
		return o, errors.New("-write-baseline does not go with -new-from: it writes down all findings")
	case given["baseline"] && o.baseline == "":
		return o, errors.New("-baseline needs a file")
	case given["new-from"] && o.newFrom == "":
		return o, errors.New("-new-from needs a revision")
	}
	if o.failOn == "" {
		o.failOn = "low"
		if o.format == "json" { // singlechecker's manners
			o.failOn = "none"
		}
	}
	for _, name := range ours {
		if o.delegate && given[name] {
			return o, fmt.Errorf("-%s does not go with -fix, or with debugging", name)
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

// ours are the flags that singlechecker does not know.
var ours = []string{"format", "o", "summary", "fail-on", "baseline", "write-baseline", "new-from"}

// severities are those of -fail-on, from the least.
var severities = []string{"low", "medium", "high", "none"}

// fails reports whether a finding of this severity makes the run fail.
func (o *options) fails(severity string) bool {
	return slices.Index(severities, severity) >= slices.Index(severities, o.failOn)
}

// A choice is a flag with a fixed set of values.
type choice struct {
	allowed []string
	set     func(string)
}

func (c choice) String() string { return "" }

// Set implements flag.Value.
func (c choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
	}
	c.set(s)
	return nil
}

// args is the command line that makes singlechecker do what o asks.
func (o *options) args() []string {
	var args []string
	o.flags.Visit(func(f *flag.Flag) {
		name := f.Name
		switch name {
		case "tests":
			name = "test"
		case "driver", "cache": // ours
			return
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
