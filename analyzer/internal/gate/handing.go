package gate

import (
	"go/ast"
	"go/types"
	"maps"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A handing follows what functions that importers cannot call hand on, from caller to
// caller, to one that they can call. In most packages there is none:
//
//	func (s *server) Serve(l net.Listener) { ctx, stop := s.context(); defer stop(); … }
type handing struct {
	pkg       *types.Package
	files     []*ast.File
	info      *types.Info
	reachable func(*types.Func) bool
	makers    map[types.Object]bool // functions that importers cannot call
}

// inside notes that fn hands something on, if importers cannot call it; it reports
// whether that is so.
func (h *handing) inside(fn *ast.FuncDecl) bool {
	obj, ok := h.info.Defs[fn.Name].(*types.Func)
	if !ok || h.reachable(obj) {
		return false
	}
	h.makers[obj] = true
	return true
}

// outside reports whether something that the makers hand on may get to importers.
func (h *handing) outside() bool {
	if len(h.makers) == 0 {
		return false
	}
	callers := h.callers()
	for known := 0; known < len(h.makers); {
		known = len(h.makers)
		for d, names := range callers {
			if !slices.ContainsFunc(names, func(fn types.Object) bool { return h.makers[fn] }) {
				continue
			}
			if fn, ok := d.(*ast.FuncDecl); !ok || !h.inside(fn) {
				return true
			}
			delete(callers, d)
		}
	}
	return false
}

// callers are the declarations that may hand on what the functions that they name do,
// with those.
func (h *handing) callers() map[ast.Decl][]types.Object {
	decls := layoutOf(h.files)
	all := make(map[ast.Decl][]types.Object)
	for id, obj := range h.info.Uses {
		fn, ok := obj.(*types.Func)
		if !ok || fn.Pkg() != h.pkg {
			continue
		}
		if d := decls.at(id.Pos()); d != nil {
			all[d] = append(all[d], fn.Origin())
		}
	}
	maps.DeleteFunc(all, func(d ast.Decl, _ []types.Object) bool {
		fn, ok := d.(*ast.FuncDecl)
		return ok && (fn.Body == nil || !handsOn(fn, h.info))
	})
	return all
}

// handsOn reports whether fn, or a literal in it, returns more than plain data.
func handsOn(fn *ast.FuncDecl, info *types.Info) bool {
	more := func(t *ast.FuncType) bool {
		return returnsMore(t, func(e ast.Expr) bool { return source.Bare(info.TypeOf(e)) })
	}
	return more(fn.Type) || within(fn.Body, func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		return ok && more(lit.Type)
	})
}
