package skim

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/analyzer/unit"
)

func TestMayEnd(t *testing.T) {
	for _, test := range []struct {
		code string
		want bool
	}{
		{`func Die() { panic(1) }`, true},
		{`func Die() { log.Fatal(1) }`, true},
		{`func (T) Die() { x := 1; (panic)(x) }`, true},
		{`func (t *T[E]) Die[F any](x struct{}, f func()) { t.l.Fatalf("") }`, true},
		{`func Die() { { { os.Exit(1) } } }`, true},
		{`func Die(x bool) { if x { panic(1) } else { panic(2) } }`, true},
		{`func f() { if true { panic(1) } }; func Die() { panic(1) }`, true},
		{`var f = func() { print(1) }; func Die() { panic(1) }`, true},
		{`type T struct { f func() }; func (T) Die() { panic(1) }`, true},
		{`func F() interface{ M() } { panic(1) }; func Die() { panic(1) }`, true},

		{`func die() { panic(1) }`, false},
		{`func Result() int { panic(1) }`, false},
		{`func Results() (x int) { panic(1) }`, false},
		{`func F() interface{ M() } { panic(1) }`, false},
		{`func If(x bool) { if x { panic(1) } }`, false},
		{`func Else(x bool) { if x { panic(1) } else { print(1) } }`, false},
		{`func Loop() { for { panic(1) } }`, false},
		{`func Switch(x int) { switch x { case 1: panic(1) } }`, false},
		{`func Later() { defer func() { panic(1) }() }`, false},
		{`func Literal() { _ = []func(){ { panic(1) } } }`, false},
		{`func Value() { f := panic; _ = f }`, false},
		{`func Word() { print("panic(1)") /* panic(1) */ }`, false},
		{`func NoBody()`, false},
		{`func (`, false},
		{`func F(`, false},
		{`func F() { panic`, false},
		{`func F() { {`, false},
	} {
		if got := mayEnd([]byte("package p\n"+test.code), names.Has); got != test.want {
			t.Errorf("%s: %v", test.code, got)
		}
	}
}

var names = NewNames()

// overlooked reports whether src, if it is a whole file, has a function that never
// returns, which mayEnd does not see.
func overlooked(src []byte) bool {
	f, err := parser.ParseFile(token.NewFileSet(), "f.go", src, parser.SkipObjectResolution)
	return err == nil && unit.MayExport([]*ast.File{f}, false, names.Has) && !mayEnd(src, names.Has)
}

// TestStandard asks the parser, too, of each file of the standard library, and
// demands that few are left for it.
func TestStandard(t *testing.T) {
	named, parsed := 0, 0
	err := filepath.WalkDir(filepath.Join(build.Default.GOROOT, "src"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if overlooked(src) {
			t.Errorf("%s has a function that never returns", file)
		}
		if names.in(src) {
			named++
			if mayEnd(src, names.Has) {
				parsed++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("of %d files with such words, %d are left to be parsed", named, parsed)
	if named < 500 || 5*parsed > named {
		t.Errorf("of %d files with such words, %d are left to be parsed", named, parsed)
	}
}

func FuzzMayEnd(f *testing.F) {
	f.Add([]byte("package p; func (T) Die[X any](f func()) { { if f == nil { panic(1) } else { (log.Fatal)(1) } } }"))
	f.Add([]byte("package p; var f = func(x struct{ y int }) T { return T{} }; func Die() { panic[int](1) }"))
	f.Fuzz(func(t *testing.T, src []byte) {
		if overlooked(src) {
			t.Error("has a function that never returns")
		}
	})
}
