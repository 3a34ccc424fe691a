package gate

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// An open gate says that a package could be concerned. Whether it is shows in
// its text: an obligation, or a context derived anew, only comes from a call of
// a function that is named there. Concerned tells it of a package that has been
// type-checked; Mentions of one that has only been parsed, and may say yes where
// Concerned says no, but not the reverse.

// Concerned reports whether the code that info is about names a function that
// creates an obligation or hands one on. owes says so of those that are in no
// table.
func Concerned(info *types.Info, owes func(*types.Func) bool) bool {
	for _, obj := range info.Uses {
		fn, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		if fn = fn.Origin(); source.Creates(fn) || owes(fn) {
			return true
		}
	}
	return false
}

// Owing are the names of functions that Concerned would be told of.
type Owing struct {
	Functions func(path string) map[string]bool // of the package that an import declaration calls path
	Methods   func(name string) bool            // of whatever package
}

// Mentions reports whether one of files, the syntax of a package, may name a
// function that Concerned looks for.
func Mentions(files []*ast.File, owing Owing) bool {
	for _, f := range files {
		if mentions(f, owing) {
			return true
		}
	}
	return false
}

// An imported is an import declaration of a file.
type imported struct {
	name   string   // given in the file, or ""
	likely []string // names that the package is likely to have
	owing  map[string]bool
}

func newImported(spec *ast.ImportSpec, path string) *imported {
	i := &imported{likely: likelyNames(path)}
	if spec.Name != nil {
		i.name = spec.Name.Name
	}
	return i
}

// called reports whether x is, or is likely to be, the package's name.
func (i *imported) called(x string) bool {
	if i.name != "" {
		return i.name == x
	}
	for _, name := range i.likely {
		if name == x {
			return true
		}
	}
	return false
}

func mentions(f *ast.File, owing Owing) bool {
	var imports []*imported
	dot := make(map[string]bool)
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		i := newImported(spec, path)
		if i.owing = source.Creating(path); i.owing == nil {
			i.owing = owing.Functions(path)
		}
		if i.name == "." {
			for name := range i.owing {
				dot[name] = true
			}
			continue
		}
		imports = append(imports, i)
	}
	// of reports whether x.name may be such a function.
	of := func(x, name string) bool {
		resolved, found := false, false
		for _, i := range imports {
			if i.called(x) {
				resolved = true
				found = found || i.owing[name]
			}
		}
		if resolved {
			return found
		}
		for _, i := range imports { // x may be any package whose name is not told
			if i.name == "" && i.owing[name] {
				return true
			}
		}
		return false
	}
	found := false
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			name := n.Sel.Name
			if owing.Methods(name) {
				found = true
			} else if x, ok := n.X.(*ast.Ident); ok && of(x.Name, name) {
				found = true
			}
		case *ast.Ident:
			found = found || dot[n.Name]
		}
		return !found
	})
	return found
}

// likelyNames are the names that a package of this path is likely to have: its
// last element, and what comes before a version.
func likelyNames(path string) []string {
	elems := strings.Split(path, "/")
	last := elems[len(elems)-1]
	names := []string{last}
	if i := strings.LastIndex(last, ".v"); i > 0 {
		names = append(names, last[:i])
	}
	if len(elems) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		names = append(names, elems[len(elems)-2])
	}
	return names
}
