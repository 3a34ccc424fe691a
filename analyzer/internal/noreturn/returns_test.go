package noreturn_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/ctxleak/ctxleak/analyzer/internal/noreturn"
	"github.com/ctxleak/ctxleak/analyzer/unit"
)

// TestReturns has functions called F that plainly return, and twins that may not.
func TestReturns(t *testing.T) {
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"nothing":                         {`func F() {}`, true},
		"a panic":                         {`func F() { panic(1) }`, false},
		"a panic behind a condition":      {`func F(b bool) { if b { panic(1) } }`, true},
		"in its condition":                {`func F() { if never() > 0 { return } }; func never() int { panic(1) }`, false},
		"in both branches":                {`func F(b bool) { if b { panic(1) } else { panic(2) } }`, false},
		"in one of two":                   {`func F(b bool) { if b { panic(1) } else { return } }`, true},
		"an exit":                         {`func F() { os.Exit(1) }`, false},
		"an exit after a return":          {`func F() { return; os.Exit(1) }`, true},
		"a call of one that never does":   {`func F() { g() }; func g() { os.Exit(1) }`, false},
		"as an argument":                  {`func F() { println(g()) }; func g() int { panic(1) }`, false},
		"in what is returned":             {`func F() int { return g() }; func g() int { panic(1) }`, false},
		"of one that does":                {`func F() { g() }; func g() { println() }`, true},
		"of an instance that never does":  {`func F() { g[int]() }; func g[T any]() { panic(1) }`, false},
		"of one that calls it":            {`func F() { g() }; func g() { F() }`, false},
		"an endless loop":                 {`func F() { for { println() } }`, false},
		"with a return":                   {`func F(b bool) { for { if b { return } } }`, true},
		"a loop with an end":              {`func F(n int) { for i := 0; i < n; i++ { panic(i) } }`, true},
		"over what is there":              {`func F(s []int) { for range s { panic(1) } }`, true},
		"over what runs it":               {`func F() { for range each { return } }; func each(func(int) bool) { panic(1) }`, false},
		"an empty select":                 {`func F() { select {} }`, false},
		"a select that goes on":           {`func F(c chan int) { select { case <-c: } }`, true},
		"of which no case does":           {`func F(c chan int) { select { case <-c: panic(1); default: panic(2) } }`, false},
		"a switch without a default":      {`func F(n int) { switch n { case 1: panic(1) } }`, true},
		"with one":                        {`func F(n int) { switch n { case 1: panic(1); default: panic(2) } }`, false},
		"of types":                        {`func F(x any) { switch x.(type) { case int: panic(1); default: panic(2) } }`, false},
		"in a block":                      {`func F() { { panic(1) } }`, false},
		"behind a label":                  {`func F() { L: for { println(); continue L } }`, false},
		"a jump back":                     {`func F() { L: println(); goto L }`, false},
		"a literal that is not called":    {`func F() { _ = func() { println() } }`, true},
		"a deferred call before the end":  {`func F() { defer println(); println() }`, true},
		"a method that never does":        {`type T int; func F() { T(1).g() }; func (T) g() { panic(1) }`, false},
		"what a test of it never returns": {`func F(t *testing.T) { t.Fatal() }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := parser.ParseFile(fset, "p.go", "package p\nimport (\"os\"; \"testing\")\nvar _ = os.Exit\nvar _ testing.T\n"+test.src, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			info := unit.NewInfo()
			pkg, err := (&types.Config{Importer: imports}).Check("p", fset, []*ast.File{f}, info)
			if err != nil {
				t.Fatal(err)
			}
			pass := unit.NewPass(fset, []*ast.File{f}, pkg, info, nil)
			returns, found := noreturn.Returns(pass), false
			for _, d := range f.Decls {
				if fd, ok := d.(*ast.FuncDecl); ok && fd.Name.Name == "F" {
					found = true
					if got := returns(fd); got != test.want {
						t.Errorf("F plainly returns: %v", got)
					}
				}
			}
			if !found {
				t.Error("no F")
			}
		})
	}
}
