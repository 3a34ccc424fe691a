package analyzer_test

import (
	"bytes"
	"cmp"
	"fmt"
	"go/format"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestFixes applies the fixes that are suggested in testdata/src/fixes, and
// compares with the golden files: x.go.golden has what the first fix of each
// finding makes of x.go, x.go.golden2 what the second does, and so on. After
//
//	go test ./analyzer -run TestFixes -update
//
// read the diff. A file without a golden file is one for which there must be no
// fix.
func TestFixes(t *testing.T) {
	dir := testdata(t)
	rounds := proveFixes(t, dir, gopath(dir), "./src/fixes/...")
	want := make(map[string]bool)
	for i, r := range rounds {
		for file, text := range r.fixed {
			golden := file + ".golden"
			if i > 0 {
				golden += fmt.Sprint(i + 1)
			}
			want[golden] = true
			if *update {
				if err := os.WriteFile(golden, text, 0o666); err != nil {
					t.Fatal(err)
				}
			} else if data, err := os.ReadFile(golden); err != nil || !bytes.Equal(data, text) {
				t.Errorf("%s (%v) is not what the fixes make of it, which is\n%s", golden, err, text)
			}
		}
	}
	all, err := filepath.Glob(filepath.Join(dir, "src/fixes/*.golden*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		if !want[file] {
			t.Errorf("%s: there are no such fixes", file)
		}
	}
	if len(rounds) < 2 {
		t.Errorf("no finding has two fixes")
	}
}

// TestFixesOfCorpus proves the fixes of all packages in testdata, for half a
// minute of CPU time:
//
//	CTXLEAK_FIXES=testdata go test ./analyzer -run TestFixesOfCorpus -v
func TestFixesOfCorpus(t *testing.T) {
	if os.Getenv("CTXLEAK_FIXES") != "testdata" {
		t.Skip("no CTXLEAK_FIXES=testdata")
	}
	dir := testdata(t)
	report(t, proveFixes(t, dir, gopath(dir), "./src/..."))
	cases := filepath.Join(dir, "cases")
	report(t, proveFixes(t, cases, []string{"GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off"}, "./..."))
}

// TestFixesElsewhere proves the fixes for the packages in $CTXLEAK_FIXES, a
// folder and patterns, separated by blanks:
//
//	CTXLEAK_FIXES="/path/to/module ./..." go test ./analyzer -run TestFixesElsewhere -v
func TestFixesElsewhere(t *testing.T) {
	args := strings.Fields(os.Getenv("CTXLEAK_FIXES"))
	if len(args) < 2 {
		t.Skip("no $CTXLEAK_FIXES")
	}
	report(t, proveFixes(t, args[0], []string{"GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=0"}, args[1:]...))
}

func gopath(dir string) []string {
	return []string{"GOPATH=" + dir, "GO111MODULE=off", "GOPROXY=off", "GOWORK=off", "GOFLAGS="}
}

// A round is what became of one fix of each finding.
type round struct {
	findings, offered, applied int
	byRule                     map[string]int
	fixed                      map[string][]byte // the files that were changed
}

func report(t *testing.T, rounds []round) {
	for i, r := range rounds {
		t.Logf("fix %d: %d findings, %d offered, %d applied, compiled and silent after: %v", i+1, r.findings, r.offered, r.applied, r.byRule)
	}
}

// proveFixes applies to the packages the first fix of each finding, then instead
// of these the second, and so on, and proves each time that the result compiles,
// is gofmt'd where the source was, and that exactly the findings are gone that
// the fixes are for. Of fixes that overlap, the first is applied.
func proveFixes(t *testing.T, dir string, env []string, patterns ...string) []round {
	t.Helper()
	found := findingsIn(t, dir, env, nil, patterns)
	var rounds []round
	for i := 0; ; i++ {
		r := round{findings: len(found), byRule: make(map[string]int)}
		edits := make(map[string][]edit)
		mended := make(map[string]int)
		for _, f := range found {
			if i >= len(f.fixes) {
				continue
			}
			r.offered++
			if !apply(edits, f.fixes[i]) {
				continue
			}
			r.applied++
			r.byRule[f.rule]++
			mended[f.file+": "+f.message]++
		}
		if r.offered == 0 {
			return rounds
		}
		r.fixed = rewrite(t, edits)
		rounds = append(rounds, r)

		want := make(map[string]int)
		for _, f := range found {
			want[f.file+": "+f.message]++
		}
		for k, n := range mended {
			want[k] -= n
		}
		for _, f := range findingsIn(t, dir, env, r.fixed, patterns) {
			want[f.file+": "+f.message]--
		}
		for _, k := range slices.Sorted(maps.Keys(want)) {
			switch n := want[k]; {
			case n < 0 && mended[k] > 0:
				t.Errorf("fix %d does not end %s", i+1, k)
			case n < 0:
				t.Errorf("with fix %d of its package there is a new finding: %s", i+1, k)
			}
		}
	}
}

// A candidate is a finding with its fixes.
type candidate struct {
	file, rule, message string
	fixes               [][]edit
}

// An edit replaces a part of a file.
type edit struct {
	file       string
	start, end int
	text       string
}

// findingsIn analyses the packages, some of whose files are replaced.
func findingsIn(t *testing.T, dir string, env []string, overlay map[string][]byte, patterns []string) []candidate {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: dir, Env: append(os.Environ(), env...), Overlay: overlay,
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("does not compile: %v", err)
		}
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer.New()}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []candidate
	for _, act := range graph.Roots {
		for _, d := range act.Diagnostics {
			fset := act.Package.Fset
			c := candidate{file: fset.Position(d.Pos).Filename, rule: d.Category, message: d.Message}
			for _, fix := range d.SuggestedFixes {
				var edits []edit
				for _, e := range fix.TextEdits {
					start, end := fset.PositionFor(e.Pos, false), fset.PositionFor(e.End, false)
					edits = append(edits, edit{start.Filename, start.Offset, max(start.Offset, end.Offset), string(e.NewText)})
				}
				c.fixes = append(c.fixes, edits)
			}
			all = append(all, c)
		}
	}
	return all
}

// apply adds a fix to edits, all of it or, where it overlaps, nothing.
func apply(edits map[string][]edit, fix []edit) bool {
	for _, e := range fix {
		for _, o := range edits[e.file] {
			if e.start < o.end && o.start < e.end || e.start == o.start {
				return false
			}
		}
	}
	for _, e := range fix {
		edits[e.file] = append(edits[e.file], e)
	}
	return true
}

// rewrite returns the files with their edits made.
func rewrite(t *testing.T, edits map[string][]edit) map[string][]byte {
	t.Helper()
	fixed := make(map[string][]byte)
	for file, list := range edits {
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(list, func(a, b edit) int { return cmp.Compare(b.start, a.start) })
		after := before
		for _, e := range list {
			after = slices.Concat(after[:e.start], []byte(e.text), after[e.end:])
		}
		fixed[file] = after
		if formatted, err := format.Source(before); err != nil || !bytes.Equal(formatted, before) {
			continue
		}
		if formatted, err := format.Source(after); err != nil || !bytes.Equal(formatted, after) {
			t.Errorf("%s is not gofmt'd after the fixes (%v):\n%s", file, err, after)
		}
	}
	return fixed
}
