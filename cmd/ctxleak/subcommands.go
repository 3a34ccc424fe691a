package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/cache"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/format"
	"github.com/ctxleak/ctxleak/docs"
)

// A subcommand is a first argument that is not a package.
type subcommand struct {
	name, args, title string
	run               func(args []string, a *analysis.Analyzer, stdout io.Writer) error
}

// A usageError is the user's: exit status 2.
type usageError string

func (e usageError) Error() string { return string(e) }

var subcommands = []subcommand{
	{"rules", "", "list the rules", listRules},
	{"explain", "RULE", "print the page of a rule", explain},
	{"cache", "clean|dir|size [FOLDER]", "remove what is kept from run to run, or tell where or how much it is", cacheCommand},
	{"version", "", "print which ctxleak this is", printVersion},
}

// runSubcommand does what the first argument asks, if it is a subcommand.
func runSubcommand(args []string, a *analysis.Analyzer, stdout, stderr io.Writer) (code int, is bool) {
	if len(args) == 0 {
		return 0, false
	}
	i := slices.IndexFunc(subcommands, func(c subcommand) bool { return c.name == args[0] })
	if i < 0 {
		return 0, false
	}
	err := subcommands[i].run(args[1:], a, stdout)
	if err == nil {
		return exitClean, true
	}
	fmt.Fprintf(stderr, "ctxleak %s: %v\n", args[0], err)
	if _, ok := err.(usageError); ok {
		return exitUsage, true
	}
	return exitError, true
}

func noArguments(args []string) error {
	if len(args) > 0 {
		return usageError(fmt.Sprintf("unexpected argument %s", args[0]))
	}
	return nil
}

func listRules(args []string, a *analysis.Analyzer, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	return writeRules(stdout, a)
}

// writeRules lists the rules as the usage does.
func writeRules(w io.Writer, a *analysis.Analyzer) error {
	for _, r := range rules(a) {
		if _, err := fmt.Fprintf(w, "  %-15s %s\n", r.Name, r.Title); err != nil {
			return err
		}
	}
	return nil
}

func explain(args []string, a *analysis.Analyzer, stdout io.Writer) error {
	all := rules(a)
	var names []string
	for _, r := range all {
		names = append(names, r.Name)
	}
	if len(args) != 1 {
		return usageError("name one rule: " + strings.Join(names, ", "))
	}
	i := slices.Index(names, args[0])
	if i < 0 {
		return usageError(fmt.Sprintf("unknown rule %q; the rules are %s", args[0], strings.Join(names, ", ")))
	}
	_, err := io.WriteString(stdout, format.Readable(all[i].Page))
	return err
}

func cacheCommand(args []string, _ *analysis.Analyzer, stdout io.Writer) error {
	if len(args) < 1 || len(args) > 2 {
		return usageError("say clean, dir or size")
	}
	dir, err := cache.DefaultDir()
	if len(args) == 2 {
		dir, err = args[1], nil
	}
	if err != nil {
		return err
	}
	switch args[0] {
	case "clean":
		return cache.Clean(dir)
	case "dir":
		_, err = fmt.Fprintln(stdout, dir)
	case "size":
		var size int64
		if size, err = cache.Size(dir); err == nil {
			_, err = fmt.Fprintln(stdout, size)
		}
	default:
		return usageError(fmt.Sprintf("unknown command %q; say clean, dir or size", args[0]))
	}
	return err
}

func printVersion(args []string, _ *analysis.Analyzer, stdout io.Writer) error {
	if err := noArguments(args); err != nil {
		return err
	}
	_, err := fmt.Fprintf(stdout, "ctxleak %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}

// version is that of the module, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	set := make(map[string]string)
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	v := "(devel)"
	if rev := set["vcs.revision"]; rev != "" {
		v += " " + rev[:min(12, len(rev))]
		if set["vcs.modified"] == "true" {
			v += " modified"
		}
	}
	return v
}

// rules are those of a: their flags say so.
func rules(a *analysis.Analyzer) []format.Rule {
	var all []format.Rule
	a.Flags.VisitAll(func(f *flag.Flag) {
		if isRule(f) {
			all = append(all, format.Rule{
				Name:  f.Name,
				Title: strings.TrimPrefix(f.Usage, "report: "),
				URL:   a.URL + "/blob/main/docs/rules/" + f.Name + ".md",
				Page:  docs.Rule(f.Name),
			})
		}
	})
	return all
}

// onTerminal reports whether people read w and want colours there.
func onTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
