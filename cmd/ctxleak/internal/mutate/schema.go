package main

// This file writes all changes of a package into it at once, each behind a
// switch that the environment sets, so that the tests are compiled once: mutant
// schemata, as in Untch, Offutt and Harrold, "Mutation Analysis Using Mutant
// Schemata", ISSTA 1993.

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"strconv"

	"golang.org/x/tools/go/ast/astutil"
)

// A mutant is one change.
type mutant struct {
	pos  token.Position
	what string
}

// live is the environment variable that names the mutant that is on, by its
// number from 1; reached names the file to which those met are written.
const (
	live    = "MUTANT"
	reached = "MUTANT_REACHED"
)

// switches is the file that each changed package gets.
const switches = `package %s

import (
	"cmp"
	"os"
	"strconv"
	"sync"
)

var (
	mutantLive    = func() int { n, _ := strconv.Atoi(os.Getenv("` + live + `")); return n }()
	mutantReached = os.Getenv("` + reached + `")
	mutantsMet    sync.Map
)

func mutant(n int) bool {
	if mutantReached != "" {
		if _, met := mutantsMet.LoadOrStore(n, true); !met {
			if f, err := os.OpenFile(mutantReached, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666); err == nil {
				f.WriteString(strconv.Itoa(n) + "\n")
				f.Close()
			}
		}
	}
	return n == mutantLive
}

func mutantAnd(n int, x bool, y func() bool) bool {
	if mutant(n) {
		return x || y()
	}
	return x && y()
}

func mutantOr(n int, x bool, y func() bool) bool {
	if mutant(n) {
		return x && y()
	}
	return x || y()
}

func mutantLess[T cmp.Ordered](n int, x, y T) bool  { return x < y || mutant(n) && x == y }
func mutantAtMost[T cmp.Ordered](n int, x, y T) bool { return x < y || !mutant(n) && x == y }
`

// change writes all changes into the file named name, whose text is src. The
// numbers of those that it adds go on from the mutants known.
func change(name string, src []byte, known []mutant) ([]byte, []mutant, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	add := func(pos token.Pos, what string) ast.Expr {
		known = append(known, mutant{fset.Position(pos), what})
		return &ast.BasicLit{Kind: token.INT, Value: strconv.Itoa(len(known))}
	}
	is := func(number ast.Expr) ast.Expr { return call("mutant", number) }
	differs := func(x, number ast.Expr) ast.Expr {
		return &ast.ParenExpr{X: &ast.BinaryExpr{X: &ast.ParenExpr{X: x}, Op: token.NEQ, Y: is(number)}}
	}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		astutil.Apply(fn.Body, nil, func(c *astutil.Cursor) bool {
			switch n := c.Node().(type) {
			case *ast.IfStmt:
				n.Cond = differs(n.Cond, add(n.If, "the condition is negated"))
			case *ast.BinaryExpr:
				if changed := operator(n, add); changed != nil {
					c.Replace(changed)
				}
			case *ast.ReturnStmt:
				for i, e := range n.Results {
					if id, ok := e.(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
						n.Results[i] = differs(id, add(n.Return, "it does not return "+id.Name))
					}
				}
			case *ast.ExprStmt:
				if _, called := n.X.(*ast.CallExpr); called && c.Index() >= 0 {
					off := &ast.UnaryExpr{Op: token.NOT, X: is(add(n.X.(*ast.CallExpr).Lparen, "the call is gone"))}
					c.Replace(&ast.IfStmt{Cond: off, Body: &ast.BlockStmt{List: []ast.Stmt{n}}})
				}
			}
			return true
		})
	}
	var b bytes.Buffer
	if err := format.Node(&b, token.NewFileSet(), f); err != nil {
		return nil, nil, err
	}
	return b.Bytes(), known, nil
}

// operator is the comparison or connection n with another in its place, or nil.
func operator(n *ast.BinaryExpr, add func(token.Pos, string) ast.Expr) ast.Expr {
	later := &ast.FuncLit{
		Type: &ast.FuncType{Params: &ast.FieldList{}, Results: &ast.FieldList{List: []*ast.Field{{Type: ast.NewIdent("bool")}}}},
		Body: &ast.BlockStmt{List: []ast.Stmt{&ast.ReturnStmt{Results: []ast.Expr{n.Y}}}},
	}
	swapped := func(to token.Token) ast.Expr { return add(n.OpPos, fmt.Sprintf("%s is %s", n.Op, to)) }
	switch n.Op {
	case token.LAND:
		return call("mutantAnd", swapped(token.LOR), n.X, later)
	case token.LOR:
		return call("mutantOr", swapped(token.LAND), n.X, later)
	case token.LSS:
		return call("mutantLess", swapped(token.LEQ), n.X, n.Y)
	case token.GTR:
		return call("mutantLess", swapped(token.GEQ), n.Y, n.X)
	case token.LEQ:
		return call("mutantAtMost", swapped(token.LSS), n.X, n.Y)
	case token.GEQ:
		return call("mutantAtMost", swapped(token.GTR), n.Y, n.X)
	case token.EQL:
		return &ast.ParenExpr{X: &ast.BinaryExpr{X: &ast.ParenExpr{X: n}, Op: token.NEQ, Y: call("mutant", swapped(token.NEQ))}}
	case token.NEQ:
		return &ast.ParenExpr{X: &ast.BinaryExpr{X: &ast.ParenExpr{X: n}, Op: token.NEQ, Y: call("mutant", swapped(token.EQL))}}
	}
	return nil
}

func call(name string, args ...ast.Expr) ast.Expr {
	return &ast.CallExpr{Fun: ast.NewIdent(name), Args: args}
}
