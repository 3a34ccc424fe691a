package ssabuild

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
)

// imported creates the packages of whose functions or variables pass's package
// uses any, with these as their only members.
//
// From types alone, go/ssa would make a member of every declaration and every
// method of an import, most of which nobody asks for: that was a third of what
// building cost. So it is given, instead, files that declare what is used, and
// have no bodies. Methods it makes when they are called.
func imported(prog *ssa.Program, pass *analysis.Pass) {
	files := make(map[*types.Package]*ast.File)
	info := &types.Info{Defs: make(map[*ast.Ident]types.Object)}
	done := make(map[types.Object]bool)
	for _, obj := range pass.TypesInfo.Uses {
		pkg := obj.Pkg()
		if pkg == nil || pkg == pass.Pkg || obj.Parent() != pkg.Scope() || done[obj] {
			continue
		}
		id := ast.NewIdent(obj.Name())
		var decl ast.Decl
		switch obj.(type) {
		case *types.Func:
			decl = &ast.FuncDecl{Name: id, Type: new(ast.FuncType)}
		case *types.Var:
			decl = &ast.GenDecl{Tok: token.VAR, Specs: []ast.Spec{&ast.ValueSpec{Names: []*ast.Ident{id}}}}
		default:
			continue
		}
		done[obj] = true
		info.Defs[id] = obj
		if files[pkg] == nil {
			files[pkg] = new(ast.File)
		}
		files[pkg].Decls = append(files[pkg].Decls, decl)
	}
	for pkg, file := range files {
		prog.CreatePackage(pkg, []*ast.File{file}, info, true)
	}
}
