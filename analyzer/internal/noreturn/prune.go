package noreturn

import (
	"go/ast"
	"maps"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Names are the bare names of the functions and builtins that never return.
func Names() []string {
	names := map[string]bool{"panic": true}
	for full := range source.NeverReturning {
		names[full[strings.LastIndexByte(full, '.')+1:]] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// Prune removes the bodies of all functions about which Export would export
// nothing, and reports whether any other is left. It knows no types, so it
// judges calls by name: known says which names may never return. loops is as for
// Export.
func Prune(files []*ast.File, loops bool, known func(name string) bool) bool {
	var rest []*ast.FuncDecl
	for _, f := range files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				rest = append(rest, fd)
			}
		}
	}
	// A function that is kept makes its own name one that may never return.
	kept := make(map[string]bool)
	never := func(call *ast.CallExpr) bool {
		id := gate.Callee(call)
		return id != nil && (known(id.Name) || kept[id.Name])
	}
	for again := true; again; {
		again = false
		rest = slices.DeleteFunc(rest, func(fd *ast.FuncDecl) bool {
			if !candidate(fd) || !ends(fd.Body.List, loops, never) {
				return false
			}
			again = again || !kept[fd.Name.Name]
			kept[fd.Name.Name] = true
			return true
		})
	}
	for _, fd := range rest {
		fd.Body = nil
	}
	return len(kept) > 0
}
