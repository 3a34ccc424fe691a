// Package rule decides what is a leak. One rule is one file that reads like
// its page in docs/rules.
//
// In come the creations with what becomes of them, the places that owe, and
// what keeps a context alive; out go findings, one for each root cause. A
// rule asks questions of the stages before it, and of the syntax for what the
// reader will see.
package rule

import (
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A Rule is one kind of leak.
type Rule struct {
	Name  string // one word: flag, category, page and test folder
	Title string // one line: what it reports
	// Tests: it is on by default in _test.go files as well.
	Tests bool
	Run   func(*Pass)
}

// All are the rules in the order in which they claim a creation: the one
// that tells most about the cause comes first.
var All = []*Rule{
	NeverReleased,
	Overwritten,
	Dropped,
	PiledUp,
	Discarded,
	Unclosed,
	LostPath,
	Stored,
}

// A Pass is what the rules know of one package.
type Pass struct {
	*analysis.Pass
	Prog  *ssabuild.Program
	Set   *summary.Set
	Table *place.Table
	// Everything: findings without evidence of repetition are wanted too.
	Everything bool

	rule     *Rule
	findings []Finding
	losses   []loss // of the rule that runs
	claimed  claims
	calls    map[token.Pos]*ast.CallExpr
	assigned map[*summary.Creation]assigned
}

// A Finding is one leak.
type Finding struct {
	Rule     *Rule
	Pos, End token.Pos
	Message  string
	Severity retain.Severity
	Related  []analysis.RelatedInformation
	Fixes    []analysis.SuggestedFix
	Keeps    retain.Keeps // a rule tells the holder, report the rest
}

// Run applies the rules that are enabled. It returns what they find, least
// severe included, and their verdicts on each creation, of which those below
// least count as not reported.
func Run(p *Pass, enabled func(*Rule) bool, least retain.Severity) ([]Finding, Verdicts) {
	p.claimed = make(claims)
	for _, r := range All {
		p.rule, p.losses = r, nil
		n := len(p.findings)
		r.Run(p)
		if !enabled(r) { // its causes are its own all the same
			p.findings = p.findings[:n]
			for _, c := range p.claimed {
				c.off = c.off || c.rule == r
			}
		}
	}
	return p.findings, Verdicts{p, least}
}

// report adds a finding at node and claims the creations that it explains.
func (p *Pass) report(f Finding, creations ...*summary.Creation) {
	f.Rule = p.rule
	if (p.Prog.InTest(f.Pos) && !p.rule.Tests || p.nobodys(f.Pos)) && !p.Everything {
		return
	}
	f.Message += " [" + p.rule.Name + "]"
	if len(creations) > 0 {
		holder := f.Keeps.Holder
		f.Keeps = retain.KeepsOf(p.Set, creations[0], p.parentText(creations[0]))
		f.Keeps.Holder = holder
	}
	for i := range f.Fixes {
		f.Fixes[i] = p.tidy(f.Fixes[i])
	}
	for _, c := range creations {
		p.claimed[c.Call.Pos()] = &claim{rule: p.rule, severity: f.Severity}
	}
	p.findings = append(p.findings, f)
}

// creations calls f for each creation of the package that no rule has claimed
// and whose fate is known.
func (p *Pass) creations(f func(*ssa.Function, *summary.Creation)) {
	for _, fn := range p.Prog.Funcs {
		for _, c := range p.Set.Creations(fn) {
			if c.Outcome.Overflow == "" && p.claimed[c.Call.Pos()] == nil {
				f(fn, c)
			}
		}
	}
}

// at is the range of instr in the source: of the call, for a call.
func (p *Pass) at(instr ssa.Instruction) (pos, end token.Pos) {
	pos = instr.Pos()
	if _, ok := instr.(ssa.CallInstruction); ok {
		if call := p.callAt(pos); call != nil {
			return call.Pos(), call.End()
		}
	}
	if st, ok := instr.(*ssa.Store); ok && pos == token.NoPos {
		pos = st.Addr.Pos()
	}
	return pos, pos
}

// callAt returns the call whose left parenthesis is at pos.
func (p *Pass) callAt(pos token.Pos) *ast.CallExpr {
	if p.calls == nil {
		p.calls = make(map[token.Pos]*ast.CallExpr)
		for _, f := range p.Files {
			ast.Inspect(f, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					p.calls[c.Lparen] = c
				}
				return true
			})
		}
	}
	return p.calls[pos]
}

// parentText is the parent context of c as written in the source, if it is
// short enough to read.
func (p *Pass) parentText(c *summary.Creation) string {
	call := p.callAt(c.Call.Pos())
	i := c.Result.Parent
	if call == nil || c.Parent == nil || i < 0 {
		return ""
	}
	if c.Wrapped && c.Call.Call.Signature().Recv() != nil {
		i-- // the receiver is not among the arguments
	}
	if i < 0 || i >= len(call.Args) {
		return ""
	}
	return short(call.Args[i])
}

func short(e ast.Expr) string {
	switch ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr, *ast.CallExpr:
		if s := exprString(e); len(s) <= 40 {
			return s
		}
	}
	return ""
}

func (p *Pass) retention(c *summary.Creation, repeated bool) retain.Retention {
	return retain.Of(p.Set, c, p.parentText(c), repeated)
}

func related(pos token.Pos, msg string) analysis.RelatedInformation {
	return analysis.RelatedInformation{Pos: pos, Message: msg}
}

// what names the thing that is to be released: "cancel function of
// context.WithCancel".
func what(c *summary.Creation) string {
	switch {
	case c.Result.Stop && !c.Wrapped:
		return "stop function of " + c.Source
	case c.Owner() && !c.Wrapped:
		return "group of " + c.Source
	case c.Owner():
		return "result of " + c.Source
	case c.Ultimate == "signal.NotifyContext":
		return "stop function of " + c.Source
	}
	return "cancel function of " + c.Source
}

// boundedParent reports whether the context that c creates ends with one that
// the same function cancels on all its paths, or hands on with its release, made
// as often as c; or that ends by itself when the test does.
func (p *Pass) boundedParent(fn *ssa.Function, c *summary.Creation) bool {
	if p.partOfReleased(fn, c) {
		return true
	}
	if c.Parent == nil {
		return false
	}
	root := p.Set.Root(c.Parent)
	if root.Kind == summary.FromTest {
		return true
	}
	for _, call := range root.Through {
		for f := fn; f != nil; f = f.Parent() {
			for _, q := range p.Set.Creations(f) {
				if q.Call != call || q == c || q.Outcome.Overflow != "" || q.Outcome.Has(flow.Lost) {
					continue
				}
				if q.Outcome.Has(flow.Released) && !q.Outcome.Has(flow.Held, flow.Returned) || f == fn && asOften(q, c) {
					return true
				}
			}
		}
	}
	return false
}

// partOfReleased reports whether c is made by a method of an owner, under the
// owner's own context, and fn releases that owner on all its paths.
//
//	db := open()
//	defer db.Close()
//	it := db.iterator()    // ends with db
func (p *Pass) partOfReleased(fn *ssa.Function, c *summary.Creation) bool {
	callee := flow.Resolve(&c.Call.Call)
	if !c.Wrapped || c.Result.Life != fact.UntilHolder && c.Parent == nil || callee.Obj == nil || callee.Obj.Signature().Recv() == nil || len(callee.Args) == 0 {
		return false
	}
	owner := flow.Outermost(flow.Name{Root: callee.Args[0]}).Root
	return slices.ContainsFunc(p.Set.Creations(fn), func(q *summary.Creation) bool {
		return q != c && ssa.Value(q.Call) == owner && q.Owner() && q.Outcome.Overflow == "" &&
			q.Outcome.Has(flow.Released) && !q.Outcome.Has(flow.Lost, flow.Held, flow.Returned)
	})
}

// asOften reports whether a and b are in the same loops.
func asOften(a, b *summary.Creation) bool {
	return len(flow.LoopsAround(a.Call.Block())) == len(flow.LoopsAround(b.Call.Block()))
}

// harmless reports whether losing what c made, in a place, leaves garbage
// only: its parent never ends, it has no timer, and nobody was given it.
func (p *Pass) harmless(c *summary.Creation) bool {
	if p.Everything || c.Parent == nil || c.Result.Life == fact.UntilTimer || c.Result.Stop || c.Wrapped {
		return false
	}
	return p.Set.Root(c.Parent).Kind == summary.FromNothing &&
		!slices.ContainsFunc(c.Outcome.Ends, func(e flow.End) bool { return e.Shared })
}

// harmlessAt reports whether losing what c made at an instruction leaves
// garbage only: it is harmless, or all that was ever given the context is the
// function, run by a goroutine, in which it is lost, itself or by what it alone
// calls.
//
//	go func() {
//		select {
//		case <-ctx.Done():
//		case <-time.After(d):
//			p.cancel = nil
//		}
//	}()
func (p *Pass) harmlessAt(c *summary.Creation, at ssa.Instruction) bool {
	if p.harmless(c) {
		return true
	}
	return !p.Everything && c.Parent != nil && c.Result.Life != fact.UntilTimer && !c.Result.Stop && !c.Wrapped &&
		p.Set.Root(c.Parent).Kind == summary.FromNothing && (givenOnlyTo(c, at.Parent()) || givenOnlyTo(c, p.onlyCaller(at.Parent())))
}

// onlyCaller is the function literal from which fn is called, if no other function
// calls it, or nil.
func (p *Pass) onlyCaller(fn *ssa.Function) *ssa.Function {
	sites := p.Prog.Callers(fn)
	if len(sites) != 1 || len(p.Prog.Mentions(fn)) > 0 || sites[0].Parent().Parent() == nil {
		return nil
	}
	return sites[0].Parent()
}

// givenOnlyTo reports whether nothing but the function literal fn refers to the
// context that c makes.
func givenOnlyTo(c *summary.Creation, fn *ssa.Function) bool {
	captured := func(ref ssa.Instruction) bool {
		mc, ok := ref.(*ssa.MakeClosure)
		return ok && mc.Fn == ssa.Value(fn)
	}
	ctx := c.Context()
	if ctx == nil {
		return true
	}
	for _, use := range *ctx.Referrers() {
		st, ok := use.(*ssa.Store)
		if !ok {
			if !captured(use) {
				return false
			}
			continue
		}
		variable, local := st.Addr.(*ssa.Alloc)
		if !local {
			return false
		}
		for _, ref := range *variable.Referrers() {
			if _, stored := ref.(*ssa.Store); !stored && !captured(ref) {
				return false
			}
		}
	}
	return true
}

// onceInMain reports whether fn runs once in the process, and ends it: only
// main.main calls it.
func (p *Pass) onceInMain(fn *ssa.Function) bool {
	sites := p.Prog.Callers(fn)
	return len(sites) == 1 && len(p.Prog.Mentions(fn)) == 0 && isMain(sites[0].Parent()) && len(flow.LoopsAround(sites[0].Block())) == 0
}

// isMain reports whether fn is main.main: its return ends the process.
func isMain(fn *ssa.Function) bool {
	return fn.Name() == "main" && fn.Parent() == nil && fn.Signature.Recv() == nil && fn.Pkg != nil && fn.Pkg.Pkg.Name() == "main"
}
