package gate

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/packages"
)

// TestSyntax holds what the syntax of real packages tells to what their types
// do: where Concerned or Takes is true, so must be Mentions or MayTake. Where
// they are not, most packages must be seen to be of no interest, or nothing is
// gained.
func TestSyntax(t *testing.T) {
	// Functions and methods that stand for those with facts.
	functions := map[string]bool{"NewRequest": true, "New": true, "NewTimer": true, "Pipe": true}
	methods := map[string]bool{"Hijack": true, "StdoutPipe": true, "Context": true}
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps,
	}, "net/http/...", "os/exec", "database/sql", "golang.org/x/tools/go/...", "github.com/ctxleak/ctxleak/...")
	if err != nil {
		t.Fatal(err)
	}
	var concerned, mentions, takes, mayTake, all int
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		if p.PkgPath == "unsafe" || len(p.Errors) > 0 {
			return
		}
		all++
		owes := func(fn *types.Func) bool {
			if fn.Pkg() == nil || fn.Pkg() == p.Types {
				return false
			}
			if fn.Signature().Recv() != nil {
				return methods[fn.Name()]
			}
			return functions[fn.Name()]
		}
		is := Concerned(p.TypesInfo, owes)
		may := Mentions(p.Syntax, Owing{
			Functions: func(string) map[string]bool { return functions },
			Methods:   func(name string) bool { return methods[name] },
		})
		if is && !may {
			t.Errorf("%s: Concerned, but not Mentions", p.PkgPath)
		}
		take := Takes(p.Types)
		mayT := MayTake(p.Syntax, func(path, name string) (types.Type, bool) {
			imp := p.Imports[path]
			if imp == nil {
				return nil, false
			}
			if obj, ok := imp.Types.Scope().Lookup(name).(*types.TypeName); ok {
				return obj.Type(), true
			}
			return nil, false
		})
		if take && !mayT {
			t.Errorf("%s: Takes, but not MayTake", p.PkgPath)
		}
		for n, b := range map[*int]bool{&concerned: is, &mentions: may, &takes: take, &mayTake: mayT} {
			if b {
				*n++
			}
		}
	})
	t.Logf("%d packages: %d concerned, %d mention; %d take, %d may take", all, concerned, mentions, takes, mayTake)
	if concerned == 0 || takes == 0 || mentions > 2*concerned || mentions > all/2 || mayTake > all/10 {
		t.Error("the syntax tells too little")
	}
}
