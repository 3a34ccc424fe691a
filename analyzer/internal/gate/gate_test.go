package gate

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestSyntax holds what the syntax of real packages tells to what their types
// do: where Tells is true, so must be MayTell, and not much more often.
func TestSyntax(t *testing.T) {
	// Functions and methods that stand for those with facts.
	functions := map[string]Use{"NewRequest": Owes, "New": Owes, "NewTimer": Derives, "Pipe": Owes}
	methods := map[string]Use{"Hijack": Owes, "StdoutPipe": Owes, "Context": Derives}
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
	}, "net/http/...", "os/exec", "database/sql", "golang.org/x/tools/go/...", "github.com/ctxleak/ctxleak/...")
	if err != nil {
		t.Fatal(err)
	}
	var tells, mayTell, all int
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		if p.PkgPath == "unsafe" || len(p.Errors) > 0 {
			return
		}
		all++
		use := func(fn *types.Func) Use {
			if fn.Pkg() == nil || fn.Pkg() == p.Types {
				return None
			}
			if fn.Signature().Recv() != nil {
				return methods[fn.Name()]
			}
			return functions[fn.Name()]
		}
		is := Tells(p.Types, p.Syntax, p.TypesInfo, use)
		may := MayTell(p.Syntax, Imports{
			Function: func(_, name string) Use { return functions[name] },
			Method:   func(name string) Use { return methods[name] },
			TypeOf: func(path, name string) (types.Type, bool) {
				imp := p.Imports[path]
				if imp == nil {
					return nil, false
				}
				if obj, ok := imp.Types.Scope().Lookup(name).(*types.TypeName); ok {
					return obj.Type(), true
				}
				return nil, false
			},
		})
		if is && !may {
			t.Errorf("%s: Tells, but not MayTell", p.PkgPath)
		}
		for n, b := range map[*int]bool{&tells: is, &mayTell: may} {
			if b {
				*n++
			}
		}
	})
	t.Logf("%d packages: %d tell, %d may tell", all, tells, mayTell)
	if tells == 0 || mayTell > tells+all/10 {
		t.Error("the syntax tells too little")
	}
}
