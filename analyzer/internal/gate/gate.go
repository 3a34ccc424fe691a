// Package gate decides, before anything costs, whether a package may matter.
//
// In comes a package's list of imports with their facts; out goes yes or no.
// A package can only create an obligation by calling a source, or a function
// whose fact says that its result carries one; either needs an import.
package gate

import (
	"go/types"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Open reports whether pkg may create, keep or release an obligation: it
// imports a source package, or one whose facts say that results carry
// obligations or contexts (hasFacts).
func Open(pkg *types.Package, hasFacts func(*types.Package) bool) bool {
	return slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool {
		path := p.Path()
		if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
			path = path[i+len("/vendor/"):]
		}
		return slices.Contains(source.Packages, path) || hasFacts(p)
	})
}
