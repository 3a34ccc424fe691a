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
// same facts of all that this imports, as without thrift, and that no more is
// asked than is of use: nothing of helper the second time, whose test changes
// nothing that it is told, made's does; no findings of what is not reported on; no
// facts of what nothing imports.
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

	// asked is what is wanted of each package whose files end in a name.
	type asked struct{ findings, facts int }
	run := func(thrift bool) (said []string, ask map[string]asked) {
		ask = make(map[string]asked)
		a := analyzer.New()
		analyse := a.Run
		a.Run = func(pass *analysis.Pass) (any, error) {
			last := filepath.Base(strings.TrimSuffix(files(pass), string(filepath.ListSeparator)))
			n := ask[last]
			if pass.Report != nil {
				n.findings++
			}
			if pass.ExportObjectFact != nil {
				n.facts++
			}
			ask[last] = n
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
			if !act.IsRoot {
				continue
			}
			for _, d := range act.Diagnostics {
				said = append(said, fmt.Sprintf("%s: %s", act.Package.ID, d.Message))
			}
			for _, f := range act.AllObjectFacts() {
				if f.Object.Pkg() != act.Package.Types {
					said = append(said, fmt.Sprintf("%s: %s %s", act.Package.ID, name(f.Object), f.Fact))
				}
			}
		}
		slices.Sort(said)
		return said, ask
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
		{"made.go", asked{2, 2}, asked{1, 2}},
		{"leak_test.go", asked{1, 1}, asked{1, 1}},
		{"x_test.go", asked{1, 1}, asked{1, 0}},
		{"only.go", asked{1, 1}, asked{0, 1}}, // it is only_test.go's that is reported on
		{"only_test.go", asked{1, 1}, asked{1, 0}},
		{"user.go", asked{1, 1}, asked{1, 1}},
		{"tagged.go", asked{1, 1}, asked{1, 1}}, // nothing else stands for it
		{"system.go", asked{1, 1}, asked{1, 1}},
	} {
		if n, m := all[test.last], thrift[test.last]; n != test.all || m != test.thrift {
			t.Errorf("of %s is asked %v, and %v with thrift: want %v and %v", test.last, n, m, test.all, test.thrift)
		}
	}
}
