// Package corpus holds the command to what it is known to find in other
// people's code.
//
// In come two tables of testdata/corpus: the modules, and every finding at the
// default level with the verdict of someone who read the code; and what a run
// of the command reports now. Out go the differences and the precision. The
// modules themselves are no part of this project: [Prepare] has the go command
// download each and makes a copy of it that can be analysed.
//
// Positions within one version of a module never move, so findings are compared
// exactly.
package corpus

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Module is a real module, at one version, on which the command is run.
type Module struct {
	Path, Version string
	Packages      []string // patterns for go list
	Kind          string   // of program, such as "database client"
	HeldOut       bool     // it was run before anybody looked at its findings, and nothing is tuned for it
}

func (m Module) String() string { return m.Path + "@" + m.Version }

// A Place is where a finding is, and of which rule it is: what tells it from
// all others.
type Place struct {
	Module string // without the version: there is one of each
	File   string // relative to the module, with slashes
	Line   int
	Rule   string
}

func (p Place) String() string {
	return fmt.Sprintf("%s/%s:%d %s", p.Module, p.File, p.Line, p.Rule)
}

func comparePlaces(a, b Place) int {
	return cmp.Or(
		cmp.Compare(a.Module, b.Module),
		cmp.Compare(a.File, b.File),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Rule, b.Rule),
	)
}

// A Verdict is what a reader of the code makes of a finding.
type Verdict string

const (
	True     Verdict = "true"     // a context stays registered after it should have gone, on a path that can happen
	False    Verdict = "false"    // it does not
	Unsure   Verdict = "unsure"   // nobody could tell
	Unjudged Verdict = "unjudged" // nobody has read the code yet
)

// A Finding is a line of the table: a place, and what is known of it.
type Finding struct {
	Place
	Version  string
	Package  string // import path
	Severity string
	Verdict  Verdict
	Reason   string // one sentence
}

// The columns of the tables.
var (
	moduleColumns  = []string{"module", "version", "packages", "kind", "held-out"}
	findingColumns = []string{"module", "version", "package", "file", "line", "rule", "severity", "verdict", "reason"}
)

// ReadModules reads a table of modules. It refuses one that stands twice.
func ReadModules(r io.Reader) ([]Module, error) {
	var modules []Module
	seen := make(map[string]bool)
	err := readTable(r, moduleColumns, func(f []string) error {
		m := Module{Path: f[0], Version: f[1], Packages: strings.Fields(f[2]), Kind: f[3]}
		switch f[4] {
		case "held-out":
			m.HeldOut = true
		case "-":
		default:
			return fmt.Errorf("held-out or - expected, not %q", f[4])
		}
		if len(m.Packages) == 0 {
			return fmt.Errorf("%s has no packages", m.Path)
		}
		if seen[m.Path] {
			return fmt.Errorf("%s stands twice", m.Path)
		}
		seen[m.Path] = true
		modules = append(modules, m)
		return nil
	})
	return modules, err
}

// ReadFindings reads a table of findings. It refuses a place that stands twice
// and a verdict without a reason.
func ReadFindings(r io.Reader) ([]Finding, error) {
	var findings []Finding
	seen := make(map[Place]bool)
	err := readTable(r, findingColumns, func(f []string) error {
		line, err := strconv.Atoi(f[4])
		if err != nil || line < 1 {
			return fmt.Errorf("%q is no line", f[4])
		}
		x := Finding{
			Place:   Place{Module: f[0], File: f[3], Line: line, Rule: f[5]},
			Version: f[1], Package: f[2], Severity: f[6], Verdict: Verdict(f[7]), Reason: f[8],
		}
		if path.IsAbs(x.File) || path.Clean(x.File) != x.File {
			return fmt.Errorf("%q is no file of a module", x.File)
		}
		if !slices.Contains([]string{"low", "medium", "high"}, x.Severity) {
			return fmt.Errorf("%q is no severity", x.Severity)
		}
		switch x.Verdict {
		case True, False, Unsure:
			if x.Reason == "" {
				return fmt.Errorf("%v is %s without a reason", x.Place, x.Verdict)
			}
		case Unjudged:
		default:
			return fmt.Errorf("%q is no verdict", x.Verdict)
		}
		if seen[x.Place] {
			return fmt.Errorf("%v stands twice", x.Place)
		}
		seen[x.Place] = true
		findings = append(findings, x)
		return nil
	})
	return findings, err
}

// WriteFindings writes a table that ReadFindings reads, sorted by place.
func WriteFindings(w io.Writer, findings []Finding) error {
	sorted := slices.SortedFunc(slices.Values(findings), func(a, b Finding) int { return comparePlaces(a.Place, b.Place) })
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, strings.Join(findingColumns, "\t"))
	for _, x := range sorted {
		fmt.Fprintln(b, strings.Join([]string{
			x.Module, x.Version, x.Package, x.File, strconv.Itoa(x.Line), x.Rule, x.Severity, string(x.Verdict), x.Reason,
		}, "\t"))
	}
	return b.Flush()
}

// readTable calls row with the fields of each line of a table, of which the
// first names the columns. Empty lines and those that begin with # are left
// out. An error tells the number of the line.
func readTable(r io.Reader, columns []string, row func([]string) error) error {
	sc := bufio.NewScanner(r)
	head := true
	for n := 1; sc.Scan(); n++ {
		line := sc.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if head {
			if !slices.Equal(fields, columns) {
				return fmt.Errorf("line %d: columns %q expected", n, columns)
			}
			head = false
			continue
		}
		if len(fields) != len(columns) {
			return fmt.Errorf("line %d: %d columns instead of %d", n, len(fields), len(columns))
		}
		if err := row(fields); err != nil {
			return fmt.Errorf("line %d: %v", n, err)
		}
	}
	return sc.Err()
}
