// Package surface tells apart the edits of a package that those who import it
// can see, as far as types go, from those that they cannot.
//
// In come the files of a package that type-checks; out goes its surface: what is
// exported, and all that it mentions, without the bodies of functions. Two
// versions of a package with equal surfaces, where each import that the surface
// mentions has an equal one, have the same types in the eyes of importers, in the
// same order. It is told by the source text, without types. So it differs more
// often than it must: where a comment inside a declaration does, or something
// that has the name of what is mentioned.
package surface

import (
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"slices"
)

// A File is a file of a package, parsed without errors.
type File struct {
	Syntax *ast.File
	Text   []byte
}

// A Surface is what importers see of a package.
type Surface struct {
	Hash    []byte
	Imports []string // the paths of those that it mentions, sorted
}

// Of returns the surface of a package. imported tells the name of the package
// that an import path means, or "".
func Of(fset *token.FileSet, files []File, imported func(path string) string) Surface {
	p := load(files, imported)
	var s Surface
	h := sha256.New()
	for _, f := range files {
		file := fset.File(f.Syntax.FileStart)
		fmt.Fprintf(h, "%q\n", filepath.Base(file.Name()))
		for _, part := range p.parts {
			if part.file != f.Syntax || !part.seen {
				continue
			}
			fmt.Fprintf(h, "%s %q\n", part.token, f.Text[file.Offset(part.pos):file.Offset(part.end)])
			if part.imports != "" {
				s.Imports = append(s.Imports, part.imports)
			}
		}
	}
	s.Hash = h.Sum(nil)
	slices.Sort(s.Imports)
	s.Imports = slices.Compact(s.Imports)
	return s
}

// A pkg is the declarations of a package.
type pkg struct {
	parts   []*part                          // of all files, in their order
	named   map[string][]*part               // what changes the meaning of a name of package level
	imports map[*ast.File]map[string][]*part // and of a name of one file
}

// A part is what is seen as a whole or not at all: a declaration without its
// body, one specification of a group, an import.
type part struct {
	file     *ast.File
	token    token.Token
	pos, end token.Pos
	imports  string     // the path, of an import
	nodes    []ast.Node // that mention others
	seen     bool
}

// load finds the parts of a package, and those that are seen.
func load(files []File, imported func(string) string) *pkg {
	p := &pkg{named: make(map[string][]*part), imports: make(map[*ast.File]map[string][]*part)}
	for _, f := range files {
		p.add(f.Syntax, imported)
	}
	for name := range p.named {
		if token.IsExported(name) {
			p.reach(p.named[name])
		}
	}
	return p
}

func (p *pkg) add(file *ast.File, imported func(string) string) {
	p.imports[file] = make(map[string][]*part)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			p.function(file, decl)
		case *ast.GenDecl:
			if decl.Tok == token.CONST {
				p.constants(file, decl)
				continue
			}
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					p.name(p.part(file, decl.Tok, spec.Pos(), spec.End(), spec), spec.Name)
				case *ast.ValueSpec:
					p.variables(file, spec)
				case *ast.ImportSpec:
					p.importing(p.part(file, decl.Tok, spec.Pos(), spec.End()), spec, imported)
				}
			}
		}
	}
}

func (p *pkg) part(file *ast.File, tok token.Token, pos, end token.Pos, nodes ...ast.Node) *part {
	part := &part{file: file, token: tok, pos: pos, end: end, nodes: nodes}
	p.parts = append(p.parts, part)
	return part
}

func (p *pkg) name(part *part, names ...*ast.Ident) {
	for _, id := range names {
		p.named[id.Name] = append(p.named[id.Name], part)
	}
}

// function adds a function, or a method, which is seen with its type, exported
// or not: it may be what makes the type implement an interface.
func (p *pkg) function(file *ast.File, decl *ast.FuncDecl) {
	if decl.Recv == nil {
		p.name(p.part(file, token.FUNC, decl.Pos(), decl.Type.End(), decl.Type), decl.Name)
		return
	}
	part := p.part(file, token.FUNC, decl.Pos(), decl.Type.End(), decl.Recv, decl.Type)
	for _, recv := range decl.Recv.List {
		if id := base(recv.Type); id != nil {
			p.name(part, id)
		}
	}
}

// base is the name of the type that a receiver is of.
func base(recv ast.Expr) *ast.Ident {
	for {
		switch x := recv.(type) {
		case *ast.Ident:
			return x
		case *ast.ParenExpr:
			recv = x.X
		case *ast.StarExpr:
			recv = x.X
		case *ast.IndexExpr:
			recv = x.X
		case *ast.IndexListExpr:
			recv = x.X
		default:
			return nil
		}
	}
}

// variables adds variables, without the values if their type stands there.
func (p *pkg) variables(file *ast.File, spec *ast.ValueSpec) {
	if spec.Type != nil {
		p.name(p.part(file, token.VAR, spec.Pos(), spec.Type.End(), spec.Type), spec.Names...)
		return
	}
	p.name(p.part(file, token.VAR, spec.Pos(), spec.End(), spec), spec.Names...)
}

// constants adds a group of constants as one: each counts those before it, and
// may repeat their expressions.
func (p *pkg) constants(file *ast.File, decl *ast.GenDecl) {
	part := p.part(file, token.CONST, decl.Pos(), decl.End(), decl)
	for _, spec := range decl.Specs {
		p.name(part, spec.(*ast.ValueSpec).Names...)
	}
}

// importing adds an import: one of ".", or of a package without metadata, may
// mean any name.
func (p *pkg) importing(part *part, spec *ast.ImportSpec, imported func(string) string) {
	path := spec.Path.Value
	part.imports = path[1 : len(path)-1]
	name := imported(part.imports)
	if spec.Name != nil {
		name = spec.Name.Name
	}
	if name == "." || name == "" {
		part.seen = true
	}
	p.imports[part.file][name] = append(p.imports[part.file][name], part)
}

// reach marks as seen the parts, and all that they mention.
func (p *pkg) reach(parts []*part) {
	for _, part := range parts {
		if part.seen {
			continue
		}
		part.seen = true
		for _, n := range part.nodes {
			ast.Inspect(n, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok {
					p.reach(p.named[id.Name])
					p.reach(p.imports[part.file][id.Name])
				}
				return true
			})
		}
	}
}
