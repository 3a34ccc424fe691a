package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestTwins demands the same findings of what is named, and the same facts of
// everything, as without thrift, and that only what is told something else is
// analysed again: helper's test changes nothing that it is told, made's does.
func TestTwins(t *testing.T) {
	archive, err := txtar.ParseFile("../../cmd/ctxleak/testdata/script/drivers.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == "go.mod" || strings.HasPrefix(f.Name, "leak/") || strings.HasPrefix(f.Name, "owner/") {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, f.Data, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	roots, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule | packages.NeedForTest, Dir: dir, Tests: true}, "./...")
	if err != nil || packages.PrintErrors(roots) > 0 {
		t.Fatal(err)
	}
	slices.SortStableFunc(roots, func(p, q *packages.Package) int { return strings.Compare(p.ForTest, q.ForTest) }) // plain ones first

	run := func(thrift bool) (said, again []string) {
		a := analyzer.New()
		analyse := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			again = append(again, files(pass))
			return analyse(pass)
		}
		if thrift {
			thrifty(a)
		}
		graph, err := checker.Analyze([]*analysis.Analyzer{a}, roots, &checker.Options{Sequential: true})
		if err != nil {
			t.Fatal(err)
		}
		for act := range graph.All() {
			if act.Err != nil {
				t.Error(act.Err)
			}
			for _, d := range act.Diagnostics {
				if act.IsRoot {
					said = append(said, fmt.Sprintf("%s: %s", act.Package.ID, d.Message))
				}
			}
			for _, f := range act.AllObjectFacts() {
				said = append(said, fmt.Sprintf("%s: %s %s", act.Package.ID, name(f.Object), f.Fact))
			}
		}
		slices.Sort(said)
		return said, again
	}
	times := func(files []string, name string) (n int) {
		for _, f := range files {
			if strings.HasSuffix(f, filepath.FromSlash(name)+string(filepath.ListSeparator)) {
				n++
			}
		}
		return n
	}
	want, all := run(false)
	got, analysed := run(true)
	if !slices.Equal(got, want) {
		t.Errorf("it says\n%s\nwithout thrift\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(want) < 10 {
		t.Errorf("it says only %q", want)
	}
	for _, test := range []struct {
		file        string
		all, thrift int
	}{
		{"leak/helper/helper.go", 2, 1},
		{"owner/made/made.go", 2, 2},
		{"leak/leak.go", 1, 1},
	} {
		if n, m := times(all, test.file), times(analysed, test.file); n != test.all || m != test.thrift {
			t.Errorf("%s is analysed %d times, and %d with thrift: want %d and %d", test.file, n, m, test.all, test.thrift)
		}
	}
}
