package ssabuild

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// declared returns the function that decl declares. The init functions all
// have one name; go/ssa numbers them, so they are found by position.
func declared(pkg *ssa.Package, pass *analysis.Pass, decl ast.Decl) *ssa.Function {
	fd, ok := decl.(*ast.FuncDecl)
	if !ok || fd.Body == nil {
		return nil
	}
	if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
		if fn := pkg.Prog.FuncValue(obj); fn != nil {
			return fn
		}
	}
	if fd.Recv == nil && fd.Name.Name == "init" {
		for _, m := range pkg.Members {
			if fn, ok := m.(*ssa.Function); ok && fn.Pos() == fd.Name.Pos() {
				return fn
			}
		}
	}
	return nil
}
