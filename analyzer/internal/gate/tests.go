package gate

import (
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// InTest reports whether a file of this name is only built for tests.
func InTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// External reports whether pass is of tests in a package of their own, beside the
// one that they test. Nothing can import it.
func External(pass *analysis.Pass) bool {
	return strings.HasSuffix(pass.Pkg.Name(), "_test") && !slices.ContainsFunc(pass.Files, func(f *ast.File) bool {
		return !InTest(pass.Fset.File(f.FileStart).Name())
	})
}
