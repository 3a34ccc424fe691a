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
func (p *Program) Naming(obj types.Object) { p.left.ask(obj, names|sets) }

// Setting is Naming for all that sets field.
func (p *Program) Setting(field *types.Var) { p.left.ask(field, sets) }

// Missed reports whether somebody asked about code that was left out: what has been
// found may be wrong, then.
func (p *Program) Missed() bool { return p.left.anyMissed() }

// A leftOut is the code of a package that was not built.
type leftOut struct {
	pass   *analysis.Pass
	decls  map[*ast.FuncDecl]bool
	funcs  map[*types.Func]bool
	asked  map[types.Object]mention
	missed bool
}

// A mention is a way in which code may mention an object.
type mention uint8

const (
	names mention = 1 << iota
	sets
)

func newLeftOut(pass *analysis.Pass, decls map[*ast.FuncDecl]bool) *leftOut {
	l := &leftOut{pass: pass, decls: decls, funcs: make(map[*types.Func]bool), asked: make(map[types.Object]mention)}
	for fd := range decls {
		if obj, ok := pass.TypesInfo.Defs[fd.Name].(*types.Func); ok {
			l.funcs[obj] = true
		}
	}
	return l
}

func (l *leftOut) ask(obj types.Object, how mention) {
	if len(l.decls) > 0 && obj != nil {
		l.asked[obj] |= how
	}
}

// anyMissed reports whether the body of a function that was left out was asked for, or
// something that one names or sets.
func (l *leftOut) anyMissed() bool {
	if len(l.asked) > 0 {
		for fd := range l.decls {
			if l.missed {
				break
			}
			ast.Inspect(fd.Body, l.look)
		}
	}
	return l.missed
}

// look looks at what n names, and what it may set. Embedded fields are named by what
// is promoted from them.
func (l *leftOut) look(n ast.Node) bool {
	info := l.pass.TypesInfo
	switch n := n.(type) {
	case *ast.Ident:
		l.found(info.Uses[n], names)
	case *ast.SelectorExpr:
		if sel := info.Selections[n]; sel != nil && len(sel.Index()) > 1 {
			t := sel.Recv()
			for _, i := range sel.Index()[:len(sel.Index())-1] {
				if st := gate.Structure(t); st != nil {
					l.found(st.Field(i), names)
					t = st.Field(i).Type()
				}
			}
		}
	}
	gate.Sets(info, n, func(v *types.Var) { l.found(v, sets) })
	return !l.missed
}

func (l *leftOut) found(obj types.Object, how mention) {
	switch o := obj.(type) {
	case *types.Var:
		obj = o.Origin()
	case *types.Func:
		obj = o.Origin()
	default:
		return
	}
	l.missed = l.missed || l.asked[obj]&how != 0
}
