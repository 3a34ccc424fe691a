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

// beginning stands beside packages with tests of all kinds. What only_test.go is
// built into stands for the package; the tests of tagged and of system are not
// built.
const beginning = `
-- only/only.go --
package only

import "context"

func Begin(parent context.Context) (context.Context, context.CancelFunc) {
	_, _ = context.WithCancel(parent)
	return context.WithCancel(parent)
}
-- only/only_test.go --
package only

import "context"

func Again(parent context.Context) (context.Context, context.CancelFunc) { return Begin(parent) }
-- user/user.go --
package user

import (
	"context"

	"example.com/m/only"
	_ "example.com/m/system"
	_ "example.com/m/tagged"
)

func Do(parent context.Context) context.Context {
	ctx, _ := only.Begin(parent)
	return ctx
}
-- tagged/tagged.go --
package tagged

import "context"

func Do(parent context.Context) { _, _ = context.WithCancel(parent) }
-- tagged/tagged_test.go --
//go:build sometimes

package tagged
-- system/system.go --
package system

import "context"

func Do(parent context.Context) { _, _ = context.WithCancel(parent) }
-- system/system_plan9_test.go --
package system
`

// TestTwins demands the same findings of what golangci-lint reports on, and the
// same facts of everything, as without thrift, and that no more is done than is of
// use: helper is not analysed the second time, whose test changes nothing that it
// is told, made's does; and nothing is looked for in what is not reported on.
func TestTwins(t *testing.T) {
	archive, err := txtar.ParseFile("../../cmd/ctxleak/testdata/script/drivers.txtar")
	if err != nil {
		t.Fatal(err)
	}
	taken := slices.DeleteFunc(archive.Files, func(f txtar.File) bool {
		return f.Name != "go.mod" && !strings.HasPrefix(f.Name, "leak/") && !strings.HasPrefix(f.Name, "owner/")
	})
	dir := t.TempDir()
	for _, f := range append(taken, txtar.Parse([]byte(beginning)).Files...) {
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	roots, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule | packages.NeedForTest, Dir: dir, Tests: true}, "./...")
	if err != nil || packages.PrintErrors(roots) > 0 {
		t.Fatal(err)
	}
	// As golangci-lint does it: a package stands aside for that with its tests, and
	// the main functions of tests are left out.
	var tested []string
	for _, p := range roots {
		if p.ForTest == p.PkgPath {
			tested = append(tested, p.PkgPath)
		}
	}
	roots = slices.DeleteFunc(roots, func(p *packages.Package) bool {
		return p.ForTest == "" && slices.Contains(tested, p.PkgPath) || strings.HasSuffix(p.PkgPath, ".test")
	})
	// Some package with tests first, then plain ones.
	turn := func(p *packages.Package) string {
		if p.ForTest == "example.com/m/only" {
			return ""
		}
		return "then " + p.ForTest
	}
	slices.SortStableFunc(roots, func(p, q *packages.Package) int { return strings.Compare(turn(p), turn(q)) })

	// asked is how often the package is analysed whose files end in a name, and for
	// findings, too.
	type asked struct{ analysed, searched int }
	run := func(thrift bool) (said []string, done map[string]asked) {
		done = make(map[string]asked)
		a := analyzer.New()
		analyse := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			last := filepath.Base(strings.TrimSuffix(files(pass), string(filepath.ListSeparator)))
			n := done[last]
			n.analysed++
			if pass.Report != nil {
				n.searched++
			}
			done[last] = n
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
		return said, done
	}
	want, all := run(false)
	got, thrift := run(true)
	if !slices.Equal(got, want) {
		t.Errorf("it says\n%s\nwithout thrift\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(want) < 10 {
		t.Errorf("it says only %q", want)
	}
	for _, test := range []struct {
		last        string // file
		all, thrift asked
	}{
		{"helper.go", asked{2, 2}, asked{1, 1}}, // as it is, and for leak's tests
		{"made.go", asked{2, 2}, asked{2, 1}},
		{"leak_test.go", asked{1, 1}, asked{1, 1}},
		{"x_test.go", asked{1, 1}, asked{1, 1}},
		{"only.go", asked{1, 1}, asked{1, 0}}, // it is only_test.go's that is reported on
		{"only_test.go", asked{1, 1}, asked{1, 1}},
		{"user.go", asked{1, 1}, asked{1, 1}},
		{"tagged.go", asked{1, 1}, asked{1, 1}}, // nothing else stands for it
		{"system.go", asked{1, 1}, asked{1, 1}},
	} {
		if n, m := all[test.last], thrift[test.last]; n != test.all || m != test.thrift {
			t.Errorf("of %s is done %v, and %v with thrift: want %v and %v", test.last, n, m, test.all, test.thrift)
		}
	}
}
