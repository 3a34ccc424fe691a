// Package gate decides, before anything costs, whether a package may matter.
//
// In comes a package's list of imports with their facts; out goes yes or no.
// A package can only create an obligation by calling a source, or a function
// whose fact says that its result carries one; either needs an import.
package gate

import (
	"go/types"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Open reports whether pkg may create, keep or release an obligation: it
// imports a source package, or one whose facts say that results carry
// obligations or contexts (owes).
func Open(pkg *types.Package, owes func(*types.Package) bool) bool {
	return slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool {
		return Opens(p.Path()) || owes(p)
	})
}

// Opens reports whether the import of the package called path opens the gate
// whatever the facts are.
func Opens(path string) bool {
	return slices.Contains(source.Packages, source.Unvendored(path))
}
