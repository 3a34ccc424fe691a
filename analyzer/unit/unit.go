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

// A package with a closed gate has facts still, about the functions that
// plainly never return. Names and MayExport tell, from the text and the syntax,
// when it surely has none.

// Names are those of the functions that are known to never return before any
// package is analysed. A function that is to be one more must call one of
// these, or one whose fact says so.
func Names() []string { return noreturn.Names() }

// MayExport reports whether Run may export a fact about a function in files,
// the syntax of a package with a closed gate. known says of a name whether it
// is one of Names or that of any imported function that never returns.
//
// It takes away the bodies that have no part in the answer, so that what is
// left of files is type-checked sooner. Run exports the same facts of it.
func MayExport(files []*ast.File, known func(name string) bool) bool {
	return noreturn.Prune(files, known)
}
