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
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// standsAside reports whether another package stands for pass's in what is loaded,
// the one with its tests: whether some in-package test file in its folder is built
// whatever the tags and the system are.
func standsAside(pass *analysis.Pass) bool {
	// Single files may be given without their tests, and an overlay take them away.
	if len(pass.Files) == 0 || pass.Pkg.Path() == "command-line-arguments" || strings.Contains(os.Getenv("GOFLAGS"), "-overlay") {
		return false
	}
	// A file that cgo made is elsewhere, beside no tests: that package is reported on.
	return tested(filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name()), pass.Pkg.Name())
}

func tested(dir, pkg string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		if !gate.InTest(e.Name()) {
			return false
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, e.Name()), nil, parser.ImportsOnly|parser.ParseComments)
		return err == nil && f.Name.Name == pkg && everywhere(dir, e.Name(), f)
	})
}

// everywhere reports whether the file called name, of which f is the beginning, is
// built wherever its package is.
func everywhere(dir, name string, f *ast.File) bool {
	constrained := slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool {
		return slices.ContainsFunc(g.List, func(c *ast.Comment) bool {
			return constraint.IsGoBuild(c.Text) || constraint.IsPlusBuild(c.Text)
		})
	})
	nowhere := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc"} // its name may be of a system
	match, err := nowhere.MatchFile(dir, name)
	return err == nil && match && !constrained
}
