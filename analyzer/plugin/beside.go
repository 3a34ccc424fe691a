package plugin

import (
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// A folder is what stands beside a package of its tests.
type folder struct {
	inside  bool // some file is certain to be built into the package for them
	outside bool // some file may be of the tests in a package of their own
}

// unknown is what is certain of a folder that cannot be read.
var unknown = folder{outside: true}

// beside reads the folder of pass's package, once for all that are built from it.
func (t *twins) beside(pass *analysis.Pass) folder {
	if len(pass.Files) == 0 || pass.Pkg.Path() == "command-line-arguments" { // of which tests may be left out
		return unknown
	}
	dir := filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name())
	if f, ok := t.folders.Load(dir); ok {
		return f.(folder)
	}
	f := read(dir, pass.Pkg.Name())
	t.folders.Store(dir, f)
	return f
}

func read(dir, pkg string) (all folder) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return unknown
	}
	for _, e := range entries {
		if !gate.InTest(e.Name()) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.ImportsOnly|parser.ParseComments)
		switch {
		case err != nil || f.Name.Name == pkg+"_test":
			all.outside = true
		case f.Name.Name == pkg:
			all.inside = all.inside || everywhere(dir, e.Name(), f)
		}
	}
	return all
}

// everywhere reports whether the file called name, of which f is the beginning, is
// built whatever the tags are.
func everywhere(dir, name string, f *ast.File) bool {
	constrained := slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool {
		return slices.ContainsFunc(g.List, func(c *ast.Comment) bool {
			return constraint.IsGoBuild(c.Text) || constraint.IsPlusBuild(c.Text)
		})
	})
	match, err := build.Default.MatchFile(dir, name) // its name may be of another system
	return err == nil && match && !constrained
}
