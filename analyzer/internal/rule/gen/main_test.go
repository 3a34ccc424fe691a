package main

import (
	"go/ast"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const root = "../../../.."

// TestGenerate begins a rule in an empty module.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	var said strings.Builder
	if err := generate(&said, dir, "sample", "a context is a sample"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"analyzer/internal/rule/sample.go": "var Sample = &Rule{\n\tName:  \"sample\",\n\tTitle: \"a context is a sample\",\n",
		"docs/rules/sample.md":             "# sample: a context is a sample\n",
		"testdata/src/sample/sample.go":    "// want `\\[sample\\]`\n",
	} {
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(text), want) {
			t.Errorf("%s lacks\n%s\nit is\n%s", path, want, text)
		}
		if !strings.Contains(said.String(), "wrote "+path+"\n") {
			t.Errorf("nothing is said of %s:\n%s", path, said.String())
		}
	}
	for _, want := range []string{"\tSample,\n", "\t\"sample\": {\"sample\"},\n"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("the line to add is not printed: %q, but\n%s", want, said.String())
		}
	}
	if err := generate(&said, dir, "sample", "a context is a sample"); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second time: %v", err)
	}
}

// TestAllOrNone leaves nothing behind where one of the files is there.
func TestAllOrNone(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "docs/rules"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "docs/rules/sample.md"), []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := generate(new(strings.Builder), dir, "sample", "a context is a sample"); err == nil {
		t.Error("the page was overwritten")
	}
	if _, err := os.Stat(filepath.Join(dir, "analyzer")); err == nil {
		t.Error("the rule's file was written all the same")
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		name, title string
		ok          bool
	}{
		{"sample", "a context is a sample", true},
		{"Sample", "a context is a sample", false},
		{"two words", "a context is a sample", false},
		{"../sample", "a context is a sample", false},
		{"", "a context is a sample", false},
		{"sample", "", false},
		{"sample", "A context is a sample", false},
		{"sample", "a context is a sample.", false},
		{"sample", "a context is\na sample", false},
		{"sample", `a "context" is a sample`, false},
	} {
		if err := check(test.name, test.title); (err == nil) != test.ok {
			t.Errorf("check(%q, %q) = %v", test.name, test.title, err)
		}
	}
}

// TestSkeletonsCompile type-checks the rule's file as a part of package rule,
// and the test file.
func TestSkeletonsCompile(t *testing.T) {
	texts, err := expand("sample", "a context is a sample")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"rule.go.tmpl", "testdata.go.tmpl"} {
		if text, err := format.Source([]byte(texts[name])); err != nil || string(text) != texts[name] {
			t.Errorf("%s is not formatted: %v\n%s", name, err, text)
		}
	}

	ruleDir, err := filepath.Abs(filepath.Join(root, "analyzer/internal/rule"))
	if err != nil {
		t.Fatal(err)
	}
	pkgs, err := packages.Load(&packages.Config{
		Mode:    packages.NeedName | packages.NeedFiles | packages.NeedTypes | packages.NeedSyntax | packages.NeedImports,
		Dir:     ruleDir,
		Overlay: map[string][]byte{filepath.Join(ruleDir, "sample.go"): []byte(texts["rule.go.tmpl"])},
	}, ".")
	if err != nil {
		t.Fatal(err)
	}
	if pkgs[0].Types.Scope().Lookup("Sample") == nil {
		t.Error("the package has no variable Sample")
	}
	for _, err := range pkgs[0].Errors {
		t.Error(err)
	}

	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "sample.go", texts["testdata.go.tmpl"], 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	if _, err := conf.Check("sample", fset, []*ast.File{file}, nil); err != nil {
		t.Error(err)
	}
}

// TestPageSections gives a new page the sections that the pages have.
func TestPageSections(t *testing.T) {
	texts, err := expand("sample", "a context is a sample")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/rules/lostpath.md"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := headings(texts["page.md.tmpl"]), headings(string(page)); !slices.Equal(got, want) {
		t.Errorf("the skeleton has the sections\n\t%q\nwant, as in lostpath.md,\n\t%q", got, want)
	}
}

func headings(page string) []string {
	var all []string
	for line := range strings.Lines(page) {
		if h, ok := strings.CutPrefix(line, "## "); ok {
			all = append(all, strings.TrimSpace(h))
		}
	}
	return all
}
