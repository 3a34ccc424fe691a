package unit

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// NewInfo returns what the type checker must fill for Run.
func NewInfo() *types.Info {
	return &types.Info{
		Types:        make(map[ast.Expr]types.TypeAndValue),
		Defs:         make(map[*ast.Ident]types.Object),
		Uses:         make(map[*ast.Ident]types.Object),
		Implicits:    make(map[ast.Node]types.Object),
		Instances:    make(map[*ast.Ident]types.Instance),
		Scopes:       make(map[ast.Node]*types.Scope),
		Selections:   make(map[*ast.SelectorExpr]*types.Selection),
		FileVersions: make(map[*ast.File]string),
	}
}

// NewPass returns a pass over a package that imports no facts, keeps none, and
// reports nothing: the driver sets the fields for which it has more.
func NewPass(fset *token.FileSet, files []*ast.File, pkg *types.Package, info *types.Info, sizes types.Sizes) *analysis.Pass {
	return &analysis.Pass{
		Fset:              fset,
		Files:             files,
		Pkg:               pkg,
		TypesInfo:         info,
		TypesSizes:        sizes,
		Module:            new(analysis.Module),
		ResultOf:          make(map[*analysis.Analyzer]any),
		ReadFile:          os.ReadFile,
		ImportObjectFact:  func(types.Object, analysis.Fact) bool { return false },
		ExportObjectFact:  func(types.Object, analysis.Fact) {},
		AllObjectFacts:    func() []analysis.ObjectFact { return nil },
		ImportPackageFact: func(*types.Package, analysis.Fact) bool { return false },
		ExportPackageFact: func(analysis.Fact) { panic("the analyzer has no facts about packages") },
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
	}
}

// Collect makes pass add what is reported to found, with the edits of each fix
// in order.
func Collect(pass *analysis.Pass, found *[]analysis.Diagnostic) {
	pass.Report = func(d analysis.Diagnostic) {
		for _, fix := range d.SuggestedFixes {
			slices.SortStableFunc(fix.TextEdits, func(a, b analysis.TextEdit) int {
				return cmp.Or(cmp.Compare(a.Pos, b.Pos), cmp.Compare(a.End, b.End))
			})
		}
		*found = append(*found, d)
	}
}
