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

// Standard reports whether the package called path, of no module, is of the
// standard library: its folder is dir. Run exports no facts about it.
func Standard(path, dir string) bool { return gate.StandardDir(path, dir) }

// A Use is what a fact says that calling a function is of use for, from none up:
// it hands on a context, or something to release.
type Use = gate.Use

// UseOf is the use that f tells of.
func UseOf(f analysis.Fact) Use {
	if ff, ok := f.(*fact.Func); ok {
		return gate.UseOf(ff)
	}
	return gate.None
}

// Owes reports whether f, a fact of package analyzer, opens the gate of the
// packages that import the one that it is about.
func Owes(f analysis.Fact) bool {
	return UseOf(f) != gate.None
}

// NeverReturns reports whether f says that its function never returns.
func NeverReturns(f analysis.Fact) bool {
	ff, ok := f.(*fact.Func)
	return ok && ff.NoReturn
}

// An open gate is not yet a reason to type-check a dependency: most of what is
// made in a package is released there, which is nothing to tell importers.

// Imports tells MayTell of what is imported.
type Imports struct {
	// Function is the use of the function called name, of the package that an
	// import declaration calls path.
	Function func(path, name string) Use
	// Method is the most use of the methods of that name, of whatever package.
	Method func(name string) Use
	// Standard reports whether path is of the standard library.
	Standard func(path string) bool
	// Types are the types of a package, nil where they cannot be had.
	Types func(path string) *types.Package
}

// MayTell reports whether Run may export a fact about obligations of a package
// with an open gate. files are its syntax.
func MayTell(files []*ast.File, imports Imports) bool {
	return gate.MayTell(files, gate.Imports{
		Function: imports.Function,
		Method:   imports.Method,
		TypeOf: func(path, name string) (types.Type, bool) {
			if imports.Standard(path) && path != "context" {
				return nil, true
			}
			if pkg := imports.Types(path); pkg != nil {
				if obj, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
					return obj.Type(), true
				}
			}
			return nil, false
		},
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
// the syntax of a package whose gate is closed, or open without MayTell. known says of a name whether it is one of Names or that of any imported
// function that never returns.
//
// It takes away the bodies that have no part in the answer, so that what is
// left of files is type-checked sooner. Run exports the same facts of it.
func MayExport(files []*ast.File, open bool, known func(name string) bool) bool {
	return noreturn.Prune(files, open, known)
}
