// Package sourcefile answers what the output formats ask of the source: the
// text of a line, its columns in other units, and the function around it.
//
// In come positions of findings; out goes text. A file is read once. One that
// is gone, or that has changed since it was analysed, has no answer, which is
// never an error: a finding is printed without its excerpt then.
package sourcefile

import (
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// A Set is the files that have been asked for so far.
type Set struct{ files map[string]*file }

type file struct {
	text  string
	lines []string

	parsed bool
	fset   *token.FileSet
	syntax *ast.File
}

// New returns an empty set.
func New() *Set { return &Set{files: make(map[string]*file)} }

func (s *Set) file(name string) *file {
	f, ok := s.files[name]
	if !ok {
		f = new(file)
		if data, err := os.ReadFile(name); err == nil {
			f.text = string(data)
			f.lines = strings.Split(strings.TrimSuffix(f.text, "\n"), "\n")
		}
		s.files[name] = f
	}
	return f
}

// Line is line n of the named file, counted from 1, without its end.
func (s *Set) Line(name string, n int) (string, bool) {
	f := s.file(name)
	if n < 1 || n > len(f.lines) {
		return "", false
	}
	return strings.TrimSuffix(f.lines[n-1], "\r"), true
}

// Before is what stands before p on its line.
func (s *Set) Before(p finding.Position) (string, bool) {
	line, ok := s.Line(p.File, p.Line)
	if !ok || p.Column < 1 || p.Column-1 > len(line) {
		return "", false
	}
	return line[:p.Column-1], true
}

// UTF16 is p's column from 1 in the units that SARIF and LSP count in. Where
// the line is not to be had, it is the column in bytes.
func (s *Set) UTF16(p finding.Position) int {
	before, ok := s.Before(p)
	if !ok {
		return max(p.Column, 1)
	}
	return 1 + len(utf16.Encode([]rune(before)))
}

// Runes is p's column from 1 in characters.
func (s *Set) Runes(p finding.Position) int {
	before, ok := s.Before(p)
	if !ok {
		return max(p.Column, 1)
	}
	return 1 + utf8.RuneCountInString(before)
}

// Agrees reports whether p's offset is that of its line and column: it is not
// in what cgo and other generators write under the name of another file. Edits
// are good for such positions only.
func (s *Set) Agrees(p finding.Position) bool {
	f := s.file(p.File)
	if p.Offset < 0 || p.Offset > len(f.text) {
		return false
	}
	before := f.text[:p.Offset]
	return strings.Count(before, "\n")+1 == p.Line && p.Offset-strings.LastIndex(before, "\n") == p.Column
}

// Func is the function declaration around a line: "Do", "(*Workers).Sync",
// "" outside of all.
func (s *Set) Func(name string, line int) string {
	f := s.file(name)
	if !f.parsed {
		f.parsed = true
		f.fset = token.NewFileSet()
		f.syntax, _ = parser.ParseFile(f.fset, name, f.text, parser.SkipObjectResolution)
	}
	if f.syntax == nil {
		return ""
	}
	for _, d := range f.syntax.Decls {
		// Lines as they are in the file, whatever //line says: so does Line.
		if fn, ok := d.(*ast.FuncDecl); ok &&
			f.fset.PositionFor(fn.Pos(), false).Line <= line && line <= f.fset.PositionFor(fn.End(), false).Line {
			return funcName(fn)
		}
	}
	return ""
}

func funcName(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	t, star := fn.Recv.List[0].Type, ""
	for {
		switch x := t.(type) {
		case *ast.ParenExpr:
			t = x.X
			continue
		case *ast.StarExpr:
			t, star = x.X, "*"
			continue
		case *ast.IndexExpr: // type parameters do not name it
			t = x.X
			continue
		case *ast.IndexListExpr:
			t = x.X
			continue
		case *ast.Ident:
			if star != "" {
				return "(*" + x.Name + ")." + fn.Name.Name
			}
			return x.Name + "." + fn.Name.Name
		}
		return fn.Name.Name
	}
}

// Tokens is the line with its tokens one space apart and without comments:
// what stays the same when it is moved, indented or commented.
func Tokens(line string) string {
	var s scanner.Scanner
	fset := token.NewFileSet()
	src := []byte(line)
	s.Init(fset.AddFile("", -1, len(src)), src, func(token.Position, string) {}, 0)
	var all []string
	for {
		_, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return strings.Join(all, " ")
		case tok == token.SEMICOLON && lit == "\n": // the end of the line
		case lit != "":
			all = append(all, lit)
		default:
			all = append(all, tok.String())
		}
	}
}

// Text is all of the named file, "" if it is not to be had.
func (s *Set) Text(name string) string { return s.file(name).text }
