package gate

import (
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestExternal(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		want  bool
	}{
		{"p", []string{"p.go"}, false},
		{"p", []string{"p.go", "p_test.go"}, false},
		{"p", []string{"p_test.go"}, false},
		{"p_test", []string{"p_test.go", "x_test.go"}, true},
		{"p_test", []string{"p.go"}, false}, // an odd name, no more
	} {
		pass := &analysis.Pass{Fset: token.NewFileSet(), Pkg: types.NewPackage("example.com/p", test.name)}
		for _, name := range test.files {
			f, err := parser.ParseFile(pass.Fset, name, "package "+test.name, parser.PackageClauseOnly)
			if err != nil {
				t.Fatal(err)
			}
			pass.Files = append(pass.Files, f)
		}
		if got := External(pass); got != test.want {
			t.Errorf("package %s of %q: %v, want %v", test.name, test.files, got, test.want)
		}
	}
}
