package analyzer_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

// missed are the cases whose leak is not found, and why.
var missed = map[string]string{
	"batchfirst":  "a caller's context in a plain field is reported at -level=all only",
	"batchwait":   "the body of a range-over-func loop may release: the function that runs it is not known",
	"idlesweep":   "a goroutine that may release takes over, as far as is known",
	"serverparts": "an owner whose struct releases nothing else may live as long as the process",
	"wsrooms":     "methods kept in a map are not followed to where they are called",
	"b18":         "a helper that derives on some paths only is not one that always adds a layer",
	"b28":         "what is sent counts as taken over, also by a channel that nobody drains",
	"c26":         "two calls that overlap with one key: what a call keeps only until it ends counts as released",
	"c42":         "the state of a goroutine is not a place",
}

var leakMark = regexp.MustCompile(`// LEAK\b`)

// TestCases runs the before-and-after cases of testdata/cases: in bad, a
// finding on a line marked as a leak and none elsewhere; in good, none.
func TestCases(t *testing.T) {
	root, err := filepath.Abs("../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	cfg := &packages.Config{Mode: packages.LoadAllSyntax, Dir: root, Env: append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")}
	pkgs, err := packages.Load(cfg, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(pkgs) > 0 {
		t.Fatal("the cases do not type-check")
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer.New()}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}

	found := make(map[string]bool)
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Errorf("%s: %v", act.Package.PkgPath, act.Err)
		}
		for _, d := range act.Diagnostics {
			posn := act.Package.Fset.Position(d.Pos)
			rel, _ := filepath.Rel(root, posn.Filename)
			name := strings.Split(filepath.ToSlash(rel), "/")[0]
			data, err := os.ReadFile(posn.Filename)
			if err != nil {
				t.Fatal(err)
			}
			if leakMark.MatchString(strings.Split(string(data), "\n")[posn.Line-1]) {
				found[name] = true
			} else {
				t.Errorf("%s:%d: false alarm: %s", rel, posn.Line, d.Message)
			}
		}
	}
	bad, err := filepath.Glob(filepath.Join(root, "*", "bad"))
	if err != nil || len(bad) < 119 {
		t.Fatalf("%d cases with a leak, want 119 or more (%v)", len(bad), err)
	}
	for _, dir := range bad {
		name := filepath.Base(filepath.Dir(dir))
		switch why, known := missed[name]; {
		case !found[name] && !known:
			t.Errorf("%s: its leak is not found", name)
		case found[name] && known:
			t.Errorf("%s is found now; it was missed because %s", name, why)
		}
	}
}
