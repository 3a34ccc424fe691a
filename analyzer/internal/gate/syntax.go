package gate

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// Imports tells MayTell of what a package imports.
type Imports struct {
	// Function is the use of the function called name, of the package that an
	// import declaration calls path.
	Function func(path, name string) Use
	// Method is the use of methods of that name, of whatever package.
	Method func(name string) Use
	// TypeOf is the type that the package calls name, if that is known. None of
	// a standard package but context is callable, or another name for error,
	// bool or context.Context: for those nil will do.
	TypeOf func(path, name string) (t types.Type, known bool)
}

// MayTell reports whether Tells may be true of the package of which files are the
// syntax.
func MayTell(files []*ast.File, imports Imports) bool {
	s := &syntax{Imports: imports, types: make(map[string]*declared), imported: make(map[*ast.File][]*imported)}
	for _, f := range files {
		for _, spec := range f.Imports {
			if i := newImported(spec); i != nil {
				s.imported[f] = append(s.imported[f], i)
			}
		}
		for _, d := range f.Decls {
			gd, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gd.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok {
					s.types[ts.Name.Name] = &declared{ts, f}
				}
			}
		}
	}
	t := &tellers{files: files, use: s.use, context: func(f *ast.File, e ast.Expr) bool { return s.context(f, e, 0) }, bare: s.bare}
	all := func(ast.Decl) bool { return true }
	none := func(*ast.FuncDecl) bool { return false }
	return t.any(all, none) || s.mayTake(files)
}

// syntax answers questions about types and functions from declarations alone.
// Where they do not tell, the answer is yes.
type syntax struct {
	Imports
	types    map[string]*declared // of the package
	imported map[*ast.File][]*imported
}

type declared struct {
	spec *ast.TypeSpec
	file *ast.File
}

// An imported is an import declaration of a file.
type imported struct {
	path   string
	name   string   // given in the file, or ""
	likely []string // names that the package is likely to have
}

func newImported(spec *ast.ImportSpec) *imported {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return nil
	}
	i := &imported{path: path, likely: likelyNames(path)}
	if spec.Name != nil {
		i.name = spec.Name.Name
	}
	return i
}

// likelyNames are the names that a package of this path is likely to have: its
// last element, and what comes before a version.
func likelyNames(path string) []string {
	elems := strings.Split(path, "/")
	last := elems[len(elems)-1]
	names := []string{last}
	if i := strings.LastIndex(last, ".v"); i > 0 {
		names = append(names, last[:i])
	}
	if len(elems) > 1 && len(last) > 1 && last[0] == 'v' && strings.Trim(last[1:], "0123456789") == "" {
		names = append(names, elems[len(elems)-2])
	}
	return names
}

// called reports whether x is, or is likely to be, the package's name.
func (i *imported) called(x string) bool {
	if i.name != "" {
		return i.name == x
	}
	for _, name := range i.likely {
		if name == x {
			return true
		}
	}
	return false
}

func (s *syntax) useOf(i *imported, name string) Use {
	if u := tabled(i.path, name); u != None {
		return u
	}
	return s.Function(i.path, name)
}

// use is that of an identifier or a selector in f.
func (s *syntax) use(f *ast.File, e ast.Expr) Use {
	if id, ok := e.(*ast.Ident); ok {
		for _, i := range s.imported[f] {
			if i.name == "." && s.useOf(i, id.Name) != None {
				return Owes
			}
		}
		return None
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return None
	}
	name := sel.Sel.Name
	most := s.Method(name)
	x, ok := sel.X.(*ast.Ident)
	if !ok {
		return most
	}
	resolved := false
	for _, i := range s.imported[f] {
		if i.called(x.Name) {
			resolved, most = true, max(most, s.useOf(i, name))
		}
	}
	if resolved {
		return most
	}
	for _, i := range s.imported[f] { // x may be any package whose name is not told
		if i.name == "" && s.useOf(i, name) != None {
			return Owes
		}
	}
	return most
}

// context reports whether the type that e is in f may be context.Context.
func (s *syntax) context(f *ast.File, e ast.Expr, depth int) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.SelectorExpr:
		if e.Sel.Name == "Context" {
			return true
		}
		t, known := s.selected(f, e)
		return !known || t != nil && source.IsContext(t)
	case *ast.Ident:
		d := s.types[e.Name]
		if d == nil {
			return types.Universe.Lookup(e.Name) == nil
		}
		return d.spec.Assign.IsValid() && (depth > 8 || s.context(d.file, d.spec.Type, depth+1))
	case *ast.IndexExpr, *ast.IndexListExpr:
		return true
	}
	return false
}

// selected is the type that e, a package's name and its type's, is in f.
func (s *syntax) selected(f *ast.File, e *ast.SelectorExpr) (t types.Type, known bool) {
	x, ok := e.X.(*ast.Ident)
	if !ok {
		return nil, false
	}
	var found *imported
	for _, i := range s.imported[f] {
		if !i.called(x.Name) {
			continue
		}
		if found != nil {
			return nil, false
		}
		found = i
	}
	if found == nil {
		return nil, false
	}
	return s.TypeOf(found.path, e.Sel.Name)
}

// bare reports whether the type that e is in f is surely plain data, or error, by a
// name that the language gives it.
func (s *syntax) bare(f *ast.File, e ast.Expr) bool {
	switch e := ast.Unparen(e).(type) {
	case *ast.ArrayType:
		return s.bare(f, e.Elt)
	case *ast.StarExpr:
		return s.bare(f, e.X)
	case *ast.Ident:
		t, ok := types.Universe.Lookup(e.Name).(*types.TypeName)
		return ok && s.types[e.Name] == nil && source.Bare(t.Type())
	}
	return false
}
