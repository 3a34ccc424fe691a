package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/atomicfile"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/format"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/identity"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/sourcefile"
)

// present prints of the report what is not filtered, as o wants it. code is the exit status so far; it
// returns the one of the run.
func present(o *options, filter *filter, a *analysis.Analyzer, report *finding.Report, code int, stdout, stderr io.Writer) int {
	source := sourcefile.New()
	identity.Set(report, source)
	if o.writeBaseline {
		if err := filter.writeBaseline(o, report, stderr); err != nil {
			fmt.Fprintf(stderr, "ctxleak: %v\n", err)
			return exitError
		}
		return code
	}
	filter.apply(report)
	in := &format.Input{
		Report:  report,
		Source:  source,
		Version: version(),
		Rules:   rules(a),
		Context: o.context,
		Color:   o.output == "" && onTerminal(stdout),
	}
	in.Dir, _ = os.Getwd()
	in.Root = repository(in.Dir)

	print := format.Formats[o.format]
	switch {
	case o.summary:
		print = format.Summary
	case o.account == "text":
		print = func(w io.Writer, _ *format.Input) error { return finding.WriteAccounts(w, report.Accounts) }
	case o.account == "json":
		print = func(w io.Writer, _ *format.Input) error { return finding.WriteAccountsJSON(w, report.Accounts) }
	}
	if err := write(o.output, stdout, func(w io.Writer) error { return print(w, in) }); err != nil {
		fmt.Fprintf(stderr, "ctxleak: %v\n", err)
		return exitError
	}
	if code == exitClean && o.account == "" && slices.ContainsFunc(report.Findings, func(f finding.Finding) bool { return o.fails(f.Severity) }) {
		return exitFindings
	}
	return code
}

// write makes what print prints appear in the named file, whole or not at all,
// or on stdout.
func write(name string, stdout io.Writer, print func(io.Writer) error) error {
	buffered := func(w io.Writer) error {
		b := bufio.NewWriter(w)
		if err := print(b); err != nil {
			return err
		}
		return b.Flush()
	}
	if name == "" {
		return buffered(stdout)
	}
	return atomicfile.Write(name, buffered)
}

// repository is the root of the git repository around dir, or dir itself.
func repository(dir string) string {
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, ".git")); err == nil {
			return d
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}
