package summary

import (
	"fmt"
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
)

// TestUntouched asks of all functions of some packages whether they leave alone what
// they could be given, in each of its fields: where that is plain, following the
// paths must find it, too, if that does not give up; and where they find it, it mostly
// is plain.
func TestUntouched(t *testing.T) {
	plain, found := 0, 0
	a := &analysis.Analyzer{Name: "untouched", Doc: "compares", Run: func(pass *analysis.Pass) (any, error) {
		prog := ssabuild.Build(pass, nil, func(*types.Func) bool { return false })
		set := New(prog, func(*types.Func) *fact.Func { return nil })
		for _, fn := range prog.Funcs {
			for i, p := range fn.Params {
				for _, path := range pathsIn(p.Type(), 2) {
					for _, methods := range [][]string{nil, {"Close", "Stop"}} {
						clear(set.asked)
						untouched := flow.Untouched(set, fn, i, path, methods)
						e := set.followed(fn, i, path, methods)
						if untouched && !e.LeavesAlone() {
							t.Errorf("%v, parameter %d, %q, %v: untouched, but %+v", fn, i, path, methods, e)
						}
						if e.LeavesAlone() {
							found++
						}
						if untouched {
							plain++
						}
					}
				}
			}
		}
		return nil, nil
	}}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadSyntax | packages.NeedModule}, "database/sql", "os/exec", "net/rpc", "testing", "log/slog", "net/textproto")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d times untouched, of %d", plain, found)
	if plain < found*3/4 || plain < 1000 {
		t.Errorf("only %d times of %d is it plain", plain, found)
	}
}

// pathsIn are the ways from a value of type t to the value itself and to fields, through
// at most depth structs.
func pathsIn(t types.Type, depth int) []string {
	all := []string{""}
	if p, ok := t.Underlying().(*types.Pointer); ok {
		if st, ok := p.Elem().Underlying().(*types.Struct); ok && depth > 0 {
			for i := range st.NumFields() {
				for _, path := range pathsIn(st.Field(i).Type(), depth-1) {
					all = append(all, fmt.Sprintf("*.%d;%s", i, path))
				}
			}
		}
	}
	return all
}
