package gate

import (
	"go/ast"
	"go/types"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A Use is what a function has to do with contexts.
type Use int

const (
	None    Use = iota
	Derives     // it hands on a context, and nothing to release
	creates     // its second result is to be called
	Owes        // it hands on something to release, in some result
)

// UseOf is the use that f, the fact about a function, tells of.
func UseOf(f *fact.Func) Use {
	switch {
	case len(f.Results) > 0:
		return Owes
	case f.Derives > 0:
		return Derives
	}
	return None
}

// tabled is the use of the standard library's function called name, of the
// package path.
func tabled(path, name string) Use {
	if !source.Listed(path) {
		return None
	}
	o := source.Named(path, name)
	switch {
	case o != nil && o.Result == 1 && !o.Owner():
		return creates
	case o != nil:
		return Owes
	case source.DerivesNamed(path, name):
		return Derives
	}
	return None
}

func useOfFunc(fn *types.Func, useOf func(*types.Func) Use) Use {
	if u := tabledFunc(fn); u != None {
		return u
	}
	return useOf(fn.Origin())
}

// tabledFunc is the use of fn, if it is in the table.
func tabledFunc(fn *types.Func) Use {
	if fn.Pkg() == nil || fn.Signature().Recv() != nil {
		return None
	}
	return tabled(fn.Pkg().Path(), fn.Name())
}

// Callee is the name by which call calls, or nil.
func Callee(call *ast.CallExpr) *ast.Ident {
	switch f := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	}
	return nil
}
