package gate

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A making tells which functions of a package may make something to release.
type making struct {
	pass   *analysis.Pass
	decls  layout
	funcs  []*function
	of     map[*types.Func]*function
	byDecl map[ast.Decl]*function
	always []*function // named for variables of the package
}

// A function is one that the package declares.
type function struct {
	decl     *ast.FuncDecl
	obj      *types.Func
	source   bool // it names a function that hands on something to release
	asks     bool // it names a function that tells of a context that it is done
	names    []*function
	makes    bool              // so its results may carry something to release
	types    []*types.TypeName // of the package, that it names
	inside   bool              // the cone
	explored bool              // what it is given, or makes, is followed in it
}

func newMaking(pass *analysis.Pass, useOf func(*types.Func) Use) *making {
	m := &making{pass: pass, decls: layoutOf(pass.Files), of: make(map[*types.Func]*function), byDecl: make(map[ast.Decl]*function)}
	m.declare()
	m.name(useOf)
	m.findMakers()
	return m
}

func (m *making) declare() {
	for _, d := range m.decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Body == nil {
			continue
		}
		if obj, ok := m.pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
			f := &function{decl: fd, obj: obj}
			m.funcs = append(m.funcs, f)
			m.of[obj], m.byDecl[fd] = f, f
		}
	}
}

// at returns the function whose declaration pos is in, or nil.
func (m *making) at(pos token.Pos) *function { return m.byDecl[m.decls.at(pos)] }

// name notes the functions that each function names.
func (m *making) name(useOf func(*types.Func) Use) {
	for id, obj := range m.pass.TypesInfo.Uses {
		fn, ok := obj.(*types.Func)
		if !ok {
			continue
		}
		g := m.of[fn.Origin()]
		u := None
		if g == nil {
			u = useOfFunc(fn, useOf)
		}
		makes, asks := u == creates || u == Owes, fn.Name() == "Done" || fn.Name() == "Err"
		if g == nil && !makes && !asks {
			continue
		}
		switch f := m.at(id.Pos()); {
		case f == nil && g != nil:
			m.always = append(m.always, g)
		case f == nil:
		case g != nil:
			f.names = append(f.names, g)
		default:
			f.source = f.source || makes
			f.asks = f.asks || asks
		}
	}
}

// findMakers finds the functions whose results may carry something to release.
func (m *making) findMakers() {
	plain := make(map[*function]bool) // those that hand on nothing
	for again := true; again; {
		again = false
		for _, f := range m.funcs {
			if f.makes || plain[f] || !f.source && !slices.ContainsFunc(f.names, func(g *function) bool { return g.makes }) {
				continue
			}
			f.makes = handsOn(f.decl, m.pass.TypesInfo)
			plain[f] = !f.makes
			again = again || f.makes
		}
	}
}
