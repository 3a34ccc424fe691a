package surface

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// parsed is a package of files, each a text.
func parsed(t testing.TB, texts ...string) (*token.FileSet, []File) {
	t.Helper()
	fset := token.NewFileSet()
	var files []File
	for i, text := range texts {
		name := fmt.Sprintf("f%d.go", i)
		syntax, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{syntax, []byte(text)})
	}
	return fset, files
}

const before = `package p

import (
	"context"
	"fmt"
	tm "time"
)

// Exported is.
func Exported(ctx context.Context) *hidden { fmt.Println(); return helper() }

type hidden struct {
	Wait  tm.Duration
	Limit [size]byte
}

func (h *hidden) do() error { return nil }

type unmentioned struct{ n int }

func (u unmentioned) String() string { return "" }

const (
	_ = iota
	size
	other
)

const alone = 1

func helper() *hidden { return nil }

func inferred() (int, error) { return 0, nil }

var (
	Count, _ = inferred()
	Table map[string]int = build(1)
	private = 2
)

func build(n int) map[string]int { return nil }
`

func TestOf(t *testing.T) {
	names := map[string]string{"context": "context", "fmt": "fmt", "time": "time", "example.com/go-odd": "odd", "log": "log"}
	of := func(texts ...string) Surface {
		fset, files := parsed(t, texts...)
		return Of(fset, files, func(path string) string { return names[path] })
	}
	hash := func(texts ...string) string { return string(of(texts...).Hash) }
	for _, test := range []struct {
		what, old, new string
		seen           bool
	}{
		{"a body", `fmt.Println(); return helper()`, `return nil`, false},
		{"lines and doc comments", "// Exported is.\n", "// Exported is\n// this.\n\n", false},
		{"a function that is not exported", `func build(n int)`, `func build(n, m int)`, false},
		{"a new one", `const alone`, "func added() {}\n\nconst alone", false},
		{"a type that nothing mentions", `struct{ n int }`, `struct{ n, m int }`, false},
		{"its methods", `func (u unmentioned) String() string { return "" }`, ``, false},
		{"a constant that nothing mentions", `alone = 1`, `alone = 2`, false},
		{"a variable that nothing mentions", `private = 2`, `private = ""`, false},
		{"a value beside its type", `build(1)`, `nil`, false},
		{"an import that only bodies mention", `"fmt"`, `fmt "log"`, false},

		{"a signature", `Exported(ctx context.Context)`, `Exported(ctx context.Context, n int)`, true},
		{"what is exported", `func Exported`, `func exported`, true},
		{"a new exported function", `const alone`, "func Added() {}\n\nconst alone", true},
		{"a type that a result mentions", `Wait  tm.Duration`, `Wait  int`, true},
		{"a method of it, not exported", `do() error`, `do()`, true},
		{"a constant that it mentions, by counting", `_ = iota`, `_ = iota + 2`, true},
		{"a function that tells the type of a variable", `(int, error) { return 0`, `(string, error) { return ""`, true},
		{"the type of a variable", `map[string]int =`, `map[string]any =`, true},
		{"an import that a declaration mentions", `"context"`, `context "log"`, true},
		{"its name", `tm "time"`, `tm "example.com/go-odd"`, true},
		{"a dot", `"fmt"`, `. "fmt"`, true},
		{"an import of unknown name", `"fmt"`, `"unknown"`, true},
		{"the order", "\tWait  tm.Duration\n\tLimit [size]byte", "\tLimit [size]byte\n\tWait  tm.Duration", true},
	} {
		after := strings.Replace(before, test.old, test.new, 1)
		if after == before {
			t.Fatalf("%s: nothing changed", test.what)
		}
		if got := hash(before) != hash(after); got != test.seen {
			t.Errorf("%s: seen = %v, want %v", test.what, got, test.seen)
		}
	}

	if got, want := of(before).Imports, []string{"context", "time"}; !slices.Equal(got, want) {
		t.Errorf("it mentions %q, want %q", got, want)
	}
	if got := of("package p\n\nimport . \"log\"\nimport \"unknown\"\nimport _ \"fmt\"\n").Imports; !slices.Equal(got, []string{"log", "unknown"}) {
		t.Errorf("it may mention %q", got)
	}

	const a, b = "package p\n\ntype A struct{ b }\n", "package p\n\ntype b int\n"
	if hash(a, b) == hash(a, strings.Replace(b, "int", "string", 1)) {
		t.Error("a declaration that another file mentions is not seen")
	}
	if hash("package p\n\ntype A int\n\ntype B int\n") == hash("package p\n\ntype B int\n\ntype A int\n") {
		t.Error("the order of declarations is not seen")
	}
	const used, unused = "package p\n\nimport \"log\"\n\nvar L log.Logger\n", "package p\n\nimport \"log\"\n\nfunc f() { log.Print() }\n"
	if hash(used, unused) != hash(used, strings.Replace(unused, `"log"`, `log "fmt"`, 1)) {
		t.Error("the import of a file is seen because another mentions its name")
	}
	if hash(used, unused) == hash(strings.Replace(used, `"log"`, `log "fmt"`, 1), unused) {
		t.Error("an import is not seen because another file has one of its name")
	}
}

// TestClosed takes away from the packages of the standard library what is not
// seen. What is left must mention nothing that is gone.
func TestClosed(t *testing.T) {
	root := filepath.Join(build.Default.GOROOT, "src")
	packages := 0
	err := filepath.WalkDir(root, func(dir string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		if d.Name() == "testdata" || d.Name() == "cmd" {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(dir, 0)
		if none := (*build.NoGoError)(nil); errors.As(err, &none) {
			return nil
		} else if err != nil {
			t.Logf("%s: %v", dir, err)
			return nil
		}
		packages++
		if missing := undefined(t, dir, pkg.GoFiles, true); missing != nil && undefined(t, dir, pkg.GoFiles, false) == nil {
			t.Errorf("%s: %v", dir, missing)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if packages < 200 {
		t.Errorf("%d packages", packages)
	}
}

var local = regexp.MustCompile(`^undefined: \w+$`)

// undefined are the errors about names that a package lacks, or what is seen of it.
func undefined(t *testing.T, dir string, names []string, seen bool) (missing []string) {
	fset := token.NewFileSet()
	var files []File
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		syntax, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, File{syntax, text})
	}
	if seen {
		files = visible(t, fset, files)
	}
	conf := types.Config{
		IgnoreFuncBodies: true,
		Importer:         nothing{},
		Error: func(err error) {
			if msg := err.(types.Error).Msg; local.MatchString(msg) {
				missing = append(missing, msg)
			}
		},
	}
	var syntax []*ast.File
	for _, f := range files {
		syntax = append(syntax, f.Syntax)
	}
	conf.Check(filepath.Base(dir), fset, syntax, nil)
	return missing
}

// visible are files with what is seen of others.
func visible(t *testing.T, fset *token.FileSet, files []File) []File {
	p := load(files, path.Base)
	var left []File
	for _, f := range files {
		file := fset.File(f.Syntax.FileStart)
		var b bytes.Buffer
		fmt.Fprintf(&b, "package %s\n", f.Syntax.Name.Name)
		for _, part := range p.parts {
			if part.file != f.Syntax || !part.seen {
				continue
			}
			text := f.Text[file.Offset(part.pos):file.Offset(part.end)]
			if !bytes.HasPrefix(text, []byte(part.token.String()+" ")) {
				fmt.Fprintf(&b, "%s ", part.token)
			}
			fmt.Fprintf(&b, "%s\n", text)
		}
		syntax, err := parser.ParseFile(fset, file.Name(), b.Bytes(), parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
		left = append(left, File{syntax, b.Bytes()})
	}
	return left
}

// nothing imports empty packages.
type nothing struct{}

func (nothing) Import(p string) (*types.Package, error) {
	if p == "unsafe" {
		return types.Unsafe, nil
	}
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}
