package analyzer_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestSpared has the rules' folders as if they were of tests: what is found by default
// must be the same where functions in which there is nothing to be found are not built,
// and where all are, as they are beside a comment that suppresses something.
func TestSpared(t *testing.T) {
	all := 0
	for rule, folders := range ruleFolders {
		if rule == "ignore" {
			continue // has such comments of its own
		}
		spared, whole := foundInTests(t, folders, false), foundInTests(t, folders, true)
		if !slices.Equal(spared, whole) {
			t.Errorf("%s: found\n%s\nwhere all is built\n%s", rule, strings.Join(spared, "\n"), strings.Join(whole, "\n"))
		}
		all += len(whole)
	}
	if all < 100 {
		t.Errorf("only %d findings", all)
	}
}

// foundInTests are the findings in folders, with their files renamed, and perhaps
// beside a comment that suppresses nothing.
func foundInTests(t *testing.T, folders []string, comment bool) []string {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(testdata(t))); err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		folder = filepath.Join(dir, "src", folder)
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files (%v)", folder, err)
		}
		first, err := parser.ParseFile(token.NewFileSet(), files[0], nil, parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if err := os.Rename(file, strings.TrimSuffix(file, ".go")+"_test.go"); err != nil {
				t.Fatal(err)
			}
		}
		if comment {
			src := "package " + first.Name.Name + "\n\n//ctxleak:ignore stored -- nothing\nvar _ int\n"
			if err := os.WriteFile(filepath.Join(folder, "comment_test.go"), []byte(src), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	var found []string
	for _, res := range analysistest.Run(unheard{t}, dir, analyzer.New(), folders...) {
		for _, d := range res.Diagnostics {
			if pos := res.Pass.Fset.Position(d.Pos); filepath.Base(pos.Filename) != "comment_test.go" {
				found = append(found, fmt.Sprintf("%s:%d:%d: %s", filepath.Base(pos.Filename), pos.Line, pos.Column, d.Message))
			}
		}
	}
	slices.Sort(found)
	return found
}

// unheard drops the complaints that what is wanted of a folder is not what is found in
// tests.
type unheard struct{ *testing.T }

func (unheard) Errorf(string, ...any) {}
