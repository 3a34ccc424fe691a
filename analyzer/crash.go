package analyzer

import (
	"fmt"
	"go/token"
	"runtime/debug"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// guarded is run, with a panic made an error that says where to look: so that
// whoever meets one loses the findings of one package, and can tell us.
func guarded(pass *analysis.Pass, o *options) (result *Result, err error) {
	at := &progress{}
	defer func() {
		if x := recover(); x != nil {
			result, err = nil, fmt.Errorf("internal error in package %s%s: %v; please report it to %s/issues\n%s", pass.Pkg.Path(), at.where(pass.Fset), x, homepage, debug.Stack())
		}
	}()
	return run(pass, o, at), nil
}

// progress is how far run has come.
type progress struct {
	stage string
	set   *summary.Set
}

// where says in which stage, and at which function, if it is known.
func (p *progress) where(fset *token.FileSet) string {
	s := ""
	if p.stage != "" {
		s = ", " + p.stage
	}
	if p.set != nil {
		if fn := p.set.Surveys().Last(); fn != nil {
			s += fmt.Sprintf(", after %s (%s)", fn, fset.Position(fn.Pos()))
		}
	}
	return s
}
