package gate

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// What is to be known of the standard library is in the table of package source:
// its packages have no facts, and are only analysed to be reported on. They are
// most of what every program imports, and their promises are those of their
// documentation, whatever their code happens to do.

// Standard reports whether pass is of the standard library, the go command's own
// packages left out.
func Standard(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" || len(pass.Files) == 0 {
		return false
	}
	return StandardDir(pass.Pkg.Path(), filepath.Dir(pass.Fset.Position(pass.Files[0].FileStart).Filename))
}

// StandardDir reports whether the package called path, of no module, is of the
// standard library: its folder is dir. GOROOT has the form of a folder of GOPATH,
// but that it has package runtime.
func StandardDir(path, dir string) bool {
	if first, _, _ := strings.Cut(path, "/"); first == "cmd" || strings.Contains(first, ".") {
		return false
	}
	root, ok := strings.CutSuffix(filepath.ToSlash(dir), "/"+path)
	if !ok {
		return false
	}
	_, err := os.Stat(filepath.Join(filepath.FromSlash(root), "runtime", "runtime.go"))
	return err == nil
}
