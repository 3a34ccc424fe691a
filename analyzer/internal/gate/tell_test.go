package gate

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// What is imported is type-checked once for all tests.
var (
	fset    = token.NewFileSet()
	imports = importer.ForCompiler(fset, "source", nil)
)

// checked is package p of these files, by their names, type-checked.
func checked(t *testing.T, sources map[string]string) *analysis.Pass {
	t.Helper()
	pass := &analysis.Pass{Fset: fset, TypesInfo: &types.Info{
		Defs:  make(map[*ast.Ident]types.Object),
		Uses:  make(map[*ast.Ident]types.Object),
		Types: make(map[ast.Expr]types.TypeAndValue),
	}}
	for name, src := range sources {
		f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		pass.Files = append(pass.Files, f)
	}
	var err error
	pass.Pkg, err = (&types.Config{Importer: imports}).Check("p", fset, pass.Files, pass.TypesInfo)
	if err != nil {
		t.Fatal(err)
	}
	return pass
}

// TestTells has functions, one a package, that hand on what they make, or do
// not; and the same asked of the syntax alone.
func TestTells(t *testing.T) {
	for name, test := range map[string]struct {
		src  string
		want bool
	}{
		"released":           {`func F(p context.Context) { c, cancel := context.WithCancel(p); defer cancel(); do(c) }`, false},
		"never released":     {`func F(p context.Context) { c, _ := context.WithCancel(p); do(c) }`, false},
		"declared before":    {`func F(p context.Context) { var cancel func(); p, cancel = context.WithCancel(p); defer func() { cancel() }(); do(p) }`, false},
		"in a goroutine":     {`func F(p context.Context) { c, cancel := context.WithCancel(p); go func() { do(c); cancel() }() }`, false},
		"a value":            {`func F(p context.Context) { do(context.WithValue(p, 1, 2)) }`, false},
		"returned":           {`func F(p context.Context) func() { _, cancel := context.WithCancel(p); return cancel }`, true},
		"a named result":     {`func F(p context.Context) (cancel func()) { _, cancel = context.WithCancel(p); return }`, true},
		"returned by a call": {`func F(p context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(p) }`, true},
		"in a closure":       {`func F(p context.Context) func() { _, cancel := context.WithCancel(p); return func() { cancel() } }`, true},
		"in a variable":      {`func F(p context.Context) func() { _, cancel := context.WithCancel(p); stop := func() { cancel() }; return stop }`, true},
		"passed":             {`func F(p context.Context) any { _, cancel := context.WithCancel(p); return keep(cancel) }`, true},
		"passed, no result":  {`func F(p context.Context) { _, cancel := context.WithCancel(p); keep(cancel) }`, false},
		"in a field":         {`type T struct { cancel func() }; func F(p context.Context) *T { t := new(T); _, t.cancel = context.WithCancel(p); return t }`, true},
		"a given field":      {`type T struct { cancel func() }; func F(p context.Context, t *T) (n int, err error) { _, t.cancel = context.WithCancel(p); return }`, false},
		"of the package":     {`var cancel func(); func F(p context.Context) []*[2]byte { _, cancel = context.WithCancel(p); return nil }`, false},
		"of a literal":       {`var stop func() func(); func F(p context.Context) { stop = func() func() { _, cancel := context.WithCancel(p); return cancel } }`, true},
		"made there":         {`var c, cancel = context.WithCancel(context.Background())`, true},
		"beside a literal":   {`func F(p context.Context) { _, cancel := context.WithCancel(p); keep(func() any { return cancel }) }`, false},
		"in two literals":    {`func F(p context.Context) { keep(func() { keep(func() any { return context.WithCancel }) }) }`, true},
		"as a value":         {`func F() any { return context.WithCancel }`, true},
		"of no one's":        {`func f(p context.Context) context.Context { return context.WithValue(p, 1, 2) }`, false},
		"the context":        {`func F(p context.Context) context.Context { return context.WithValue(p, 1, 2) }`, true},
		"by another name":    {`type C = context.Context; func F(p C) C { return context.WithValue(p, 1, 2) }`, true},
		"a callback's stop":  {`func F(p context.Context) func() bool { return context.AfterFunc(p, func() {}) }`, true},
		"taken":              {`func F(cancel func()) { cancel() }`, true},
		"taken, unexported":  {`func f(cancel func()) { cancel() }`, false},
		"taken by a name":    {`type Stop func(error); func F(s Stop) { s(nil) }`, true},
		"a receiver":         {`type Stop func(); func (s Stop) F() { s() }`, true},
		"another function":   {`func F(f func(int)) { f(1) }`, false},
	} {
		t.Run(name, func(t *testing.T) {
			src := "package p\nimport \"context\"\nfunc do(context.Context) {}\nfunc keep(any) any { return nil }\n" + test.src
			pass := checked(t, map[string]string{"p.go": src})
			if got := Tells(pass.Pkg, pass.Files, pass.TypesInfo, func(*types.Func) Use { return None }); got != test.want {
				t.Errorf("Tells is %v", got)
			}
			got := MayTell(pass.Files, Imports{
				Function: func(string, string) Use { return None },
				Method:   func(string) Use { return None },
				TypeOf: func(path, name string) (types.Type, bool) {
					return pass.Pkg.Imports()[0].Scope().Lookup(name).Type(), true
				},
			})
			if got != test.want {
				t.Errorf("MayTell is %v", got)
			}
		})
	}
}
