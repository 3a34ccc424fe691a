// Package unit is for drivers that analyse one package at a time: what they may
// ask of the analyzer before they type-check, or even parse, a package.
//
// In come import paths, facts and syntax; out goes whether package analyzer
// could find or export anything there. Where the answer is no, its Run would
// report nothing and export nothing, so the package need not be loaded.
//
// A driver may also leave analysis.Pass.Report nil: then Run exports facts and
// looks for no leaks, which is all that is wanted of a dependency.
package unit

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/noreturn"
)

// GateOpen reports whether a package that imports these paths may leak or have
// facts about leaks. owes says of a path whether a fact of its package Owes.
func GateOpen(imports []string, owes func(path string) bool) bool {
	return slices.ContainsFunc(imports, func(path string) bool {
		return gate.Opens(path) || owes(path)
	})
}

// Owes reports whether f, a fact of package analyzer, opens the gate of the
// packages that import the one that it is about.
func Owes(f analysis.Fact) bool {
	ff, ok := f.(*fact.Func)
	return ok && gate.Owes(ff)
}

// NeverReturns reports whether f says that its function never returns.
func NeverReturns(f analysis.Fact) bool {
	ff, ok := f.(*fact.Func)
	return ok && ff.NoReturn
}

// An open gate is not yet a reason to type-check a dependency. Run exports
// facts about obligations only where the package names a function that has to do
// with them (Mentions), or has one that may be given something to release
// (MayTake).

// Owing tells Mentions of what is imported.
type Owing = gate.Owing

// Mentions reports whether files, the syntax of a package, may name a function
// that creates an obligation or hands one on.
func Mentions(files []*ast.File, owing Owing) bool { return gate.Mentions(files, owing) }

// MayTake reports whether files, the syntax of a package, may have a function
// that can be given something to release. It asks standard for the packages of
// the standard library, by the paths of import declarations, and typeOf for the
// named types of the others, nil where one is not known.
func MayTake(files []*ast.File, standard func(path string) bool, typeOf func(path, name string) types.Type) bool {
	return gate.MayTake(files, func(path, name string) (types.Type, bool) {
		if standard(path) && path != "context" {
			return nil, true
		}
		t := typeOf(path, name)
		return t, t != nil
	})
}

// Of other packages there are facts still, about the functions that plainly
// never return. Names and MayExport tell, from the text and the syntax, when
// there surely is none.

// Names are those of the functions that are known to never return before any
// package is analysed. A function that is to be one more must call one of
// these, or one whose fact says so, or have an endless loop, which counts where
// the gate is open.
func Names() []string { return noreturn.Names() }

// MayExport reports whether Run may export a fact about a function in files,
// the syntax of a package whose gate is closed, or open without Mentions or
// MayTake. known says of a name whether it is one of Names or that of any imported
// function that never returns.
//
// It takes away the bodies that have no part in the answer, so that what is
// left of files is type-checked sooner. Run exports the same facts of it.
func MayExport(files []*ast.File, open bool, known func(name string) bool) bool {
	return noreturn.Prune(files, open, known)
}
