package report

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Dump writes to stderr what is believed of the functions called name: the
// SSA form, what its calls create and where each ends.
func Dump(pass *analysis.Pass, prog *ssabuild.Program, set *summary.Set, name string) {
	for _, fn := range prog.Funcs {
		if fn.Name() == name || fn.RelString(pass.Pkg) == name || strings.HasPrefix(fn.Name(), name+"$") {
			DumpFunction(os.Stderr, fn, set)
		}
	}
}

// DumpFunction writes what is believed of one function.
func DumpFunction(w io.Writer, fn *ssa.Function, set *summary.Set) {
	fn.WriteTo(w)
	for _, c := range set.Creations(fn) {
		fmt.Fprintf(w, "# %s creates %s at %s\n", c.Source, c.Name, fn.Prog.Fset.Position(c.Call.Pos()))
		if c.Outcome.Overflow != "" {
			fmt.Fprintf(w, "#   skipped: %s\n", c.Outcome.Overflow)
		}
		for _, e := range c.Outcome.Ends {
			fmt.Fprintf(w, "#   %s at %s", e.Kind, e.At)
			if e.By != nil {
				fmt.Fprintf(w, ", taken away by %s", e.By)
			}
			for _, n := range e.Names {
				fmt.Fprintf(w, ", in %s", n.Name)
			}
			for _, r := range e.Results {
				fmt.Fprintf(w, ", result %d%s", r.Index, r.Path)
			}
			fmt.Fprintln(w)
		}
	}
	for _, r := range set.Results(fn) {
		fmt.Fprintf(w, "# owes result %d%s %v\n", r.Index, r.Path, r.Methods)
	}
}
