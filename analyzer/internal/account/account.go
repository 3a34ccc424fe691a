// Package account says of every context that a package creates what became of
// it: the balance of what is understood, beside the findings.
//
// In come the creations with their ends, the places, and which creations the
// rules have reported; out goes one Entry for each call that creates an
// obligation. The sum adds up: the calls are counted once more in the syntax,
// and one that the SSA form does not have, because it can never run, is an
// entry as well.
package account

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/rule"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A Fate is what became of a context, as far as it is understood.
type Fate string

// The fates, the best understood first. A context whose paths end differently
// has the last of theirs.
const (
	Released Fate = "released" // on every path
	Bounded  Fate = "bounded"  // not on every path, but what would keep it ends: its parent, its function, the process
	Owned    Fate = "owned"    // handed to a field, variable or element that something releases
	Returned Fate = "returned" // handed to the caller, whose call is an entry of its own
	Unseen   Fate = "unseen"   // handed to code that is not known, or that other packages may call
	Skipped  Fate = "skipped"  // not judged
	Leaked   Fate = "leaked"   // reported
)

// Fates are all fates, in order.
var Fates = []Fate{Released, Bounded, Owned, Returned, Unseen, Skipped, Leaked}

// An Entry is one call that creates an obligation.
type Entry struct {
	File   string // absolute
	Line   int
	Column int
	Func   string // the function the call stands in
	Source string // the function called, as the reader knows it: "context.WithCancel", "NewWorker"
	Fate   Fate
	Why    string // what the fate rests on, in half a sentence; the rule, if it is leaked
}

// Of returns the entries of a package in the order of the source.
func Of(pass *analysis.Pass, prog *ssabuild.Program, set *summary.Set, table *place.Table, verdicts rule.Verdicts) []Entry {
	a := &accountant{pass: pass, table: table, verdicts: verdicts}
	var all []Entry
	seen := make(map[token.Pos]bool)
	for _, fn := range prog.Funcs {
		for _, c := range set.Creations(fn) {
			seen[c.Call.Pos()] = true
			fate, why := a.judge(fn, c)
			all = append(all, a.entry(c.Call.Pos(), fn.RelString(pass.Pkg), c.Source, fate, why))
		}
	}
	all = append(all, a.unreached(seen)...)
	slices.SortStableFunc(all, func(a, b Entry) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return all
}

type accountant struct {
	pass     *analysis.Pass
	table    *place.Table
	verdicts rule.Verdicts
}

func (a *accountant) entry(pos token.Pos, fn, source string, fate Fate, why string) Entry {
	p := a.pass.Fset.Position(pos)
	return Entry{File: p.Filename, Line: p.Line, Column: p.Column, Func: fn, Source: source, Fate: fate, Why: why}
}

// judge is the fate of c, made in fn: that of its worst end.
func (a *accountant) judge(fn *ssa.Function, c *summary.Creation) (Fate, string) {
	if v, ok := a.verdicts.Claimed(c); ok {
		if v.Reported {
			return Leaked, v.Rule
		}
		return Skipped, v.Rule + " would report it, but is off here"
	}
	if c.Outcome.Overflow != "" {
		return Skipped, c.Outcome.Overflow
	}
	fate, why := Released, "on every path"
	if len(c.Outcome.Ends) == 0 {
		fate, why = Bounded, "the function does not return"
	}
	for _, e := range c.Outcome.Ends {
		f, w := a.end(fn, c, e)
		if slices.Index(Fates, f) > slices.Index(Fates, fate) {
			fate, why = f, w
		}
	}
	return fate, why
}

// end is the fate of c on the paths that end in e.
func (a *accountant) end(fn *ssa.Function, c *summary.Creation, e flow.End) (Fate, string) {
	switch e.Kind {
	case flow.Released, flow.Settled:
		return Released, "on every path"
	case flow.Lost:
		if why := a.verdicts.Spared(fn, c, e); why != "" {
			return Bounded, why
		}
		return Skipped, "the release is lost, which no rule reports here"
	case flow.Returned:
		return Returned, "by a result"
	case flow.Held:
		return a.held(e)
	}
	if _, ok := e.At.(*ssa.Return); ok {
		return Returned, "what it gave out is, and is in use"
	}
	if len(e.Names) > 0 {
		// Whoever got it, this package releases it from there.
		if fate, why := a.held(e); fate == Owned {
			return fate, why
		}
	}
	return Unseen, "handed" + a.at(e.At)
}

// held is the fate of what is kept in memory that outlives the function: the
// best of the places that keep it decides, since it is released from there.
func (a *accountant) held(e flow.End) (Fate, string) {
	fate, why := Unseen, "kept where it is not followed"
	for _, n := range e.Names {
		p := n.First
		if !p.Known() {
			p = n.Place
		}
		if !p.Known() {
			continue
		}
		name := p.Var.Name()
		switch {
		case a.table.ReleasedFrom(p):
			return Owned, "released from " + name
		case p.Var.Exported():
			why = "kept in " + name + ", which other packages can see"
		default:
			fate, why = Skipped, "kept in "+name+", where no release of it is known"
		}
	}
	return fate, why
}

func (a *accountant) at(instr ssa.Instruction) string {
	if instr == nil || !instr.Pos().IsValid() {
		return ""
	}
	what := "to code that is not known"
	switch instr := instr.(type) {
	case *ssa.Send:
		what = "over a channel"
	case *ssa.Go:
		what = "to a goroutine"
	case ssa.CallInstruction:
		if c := instr.Common(); c.IsInvoke() {
			what = "to method " + c.Method.Name() + " of an interface"
		} else if f := c.StaticCallee(); f != nil {
			what = "to " + f.RelString(a.pass.Pkg)
		} else {
			what = "to a function value"
		}
	}
	return " " + what
}

// unreached are the calls of the syntax that are not among those seen.
func (a *accountant) unreached(seen map[token.Pos]bool) []Entry {
	var all []Entry
	for _, f := range a.pass.Files {
		fn := "package"
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				fn = n.Name.Name
			case *ast.CallExpr:
				o := source.Lookup(typeutil.StaticCallee(a.pass.TypesInfo, n))
				if o != nil && !seen[n.Lparen] {
					seen[n.Lparen] = true
					all = append(all, a.entry(n.Lparen, fn, o.Name, Skipped, "it never runs, or its results go nowhere"))
				}
			}
			return true
		})
	}
	return all
}
