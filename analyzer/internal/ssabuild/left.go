package ssabuild

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// without returns files, with the functions that are left out only declared.
func without(files []*ast.File, left map[*ast.FuncDecl]bool) []*ast.File {
	if len(left) == 0 {
		return files
	}
	var rest []*ast.File
	for _, f := range files {
		g := *f
		g.Decls = slices.Clone(f.Decls)
		for i, d := range g.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && left[fd] {
				bare := *fd
				bare.Body = nil
				g.Decls[i] = &bare
			}
		}
		rest = append(rest, &g)
	}
	return rest
}

// Body reports whether the body of fn was built. It counts as missed if fn was left
// out.
func (p *Program) Body(fn *ssa.Function) bool {
	if len(fn.Blocks) > 0 {
		return true
	}
	if obj, ok := fn.Object().(*types.Func); ok && p.left.funcs[obj.Origin()] {
		p.left.missed = true
	}
	return false
}

// Naming is to be called by whoever looks for all that the package does with obj:
// it counts as missed if code that was left out names it.
func (p *Program) Naming(obj types.Object) { p.left.ask(obj, false) }

// Setting is Naming for all that sets field.
func (p *Program) Setting(field *types.Var) { p.left.ask(field, true) }

// Missed reports whether somebody asked about code that was left out: what has been
// found may be wrong, then.
func (p *Program) Missed() bool { return p.left.missed }

// A leftOut is the code of a package that was not built.
type leftOut struct {
	pass   *analysis.Pass
	decls  map[*ast.FuncDecl]bool
	funcs  map[*types.Func]bool
	named  map[types.Object]bool // whether something may set it; nil until somebody asks
	missed bool
}

func newLeftOut(pass *analysis.Pass, decls map[*ast.FuncDecl]bool) *leftOut {
	l := &leftOut{pass: pass, decls: decls, funcs: make(map[*types.Func]bool)}
	for fd := range decls {
		if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
			l.funcs[obj] = true
		}
	}
	return l
}

// ask notes whether obj is named in what was left out, or may be set there.
func (l *leftOut) ask(obj types.Object, set bool) {
	if len(l.decls) == 0 || l.missed || obj == nil {
		return
	}
	if l.named == nil {
		l.named = make(map[types.Object]bool)
		for fd := range l.decls {
			ast.Inspect(fd.Body, l.note)
		}
	}
	sets, named := l.named[obj]
	l.missed = sets || named && !set
}

// note notes what n names, and what it may set. Embedded fields are named by what is
// promoted from them.
func (l *leftOut) note(n ast.Node) bool {
	info := l.pass.TypesInfo
	switch n := n.(type) {
	case *ast.Ident:
		l.name(info.Uses[n], false)
	case *ast.SelectorExpr:
		if sel := info.Selections[n]; sel != nil {
			t := sel.Recv()
			for _, i := range sel.Index()[:len(sel.Index())-1] {
				if st := gate.Structure(t); st != nil {
					l.name(st.Field(i), false)
					t = st.Field(i).Type()
				}
			}
		}
	}
	gate.Sets(info, n, func(v *types.Var) { l.name(v, true) })
	return true
}

func (l *leftOut) name(obj types.Object, set bool) {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		obj = o.Origin()
	default:
		return
	}
	l.named[obj] = l.named[obj] || set
}
