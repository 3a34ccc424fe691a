package analyzer

import (
	"go/ast"
	"go/types"
	"maps"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/account"
	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/noreturn"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/report"
	"github.com/ctxleak/ctxleak/analyzer/internal/rule"
	"github.com/ctxleak/ctxleak/analyzer/internal/ssabuild"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
	"github.com/ctxleak/ctxleak/analyzer/internal/suppress"
)

// run analyses one package:
//
//	gate → ssa → sources → flow → summaries → places → rules → suppress → report
//
// and, if it is asked for, the account of all that the rules judged. A package
// that has nothing to tell importers, and nothing to be reported on, is not
// built; the standard library tells nothing. Where pass.Report is nil, only facts
// are wanted (see package unit), and of its functions those are built on which the
// facts depend.
func run(pass *analysis.Pass, o *options, at *progress) *Result {
	standard := gate.Standard(pass)
	if standard && pass.Report == nil {
		return new(Result)
	}
	facts := importedFacts(pass)
	open := gate.Open(pass.Pkg, facts.has)
	asked := !standard && !gate.External(pass)
	tells := asked && open && gate.Tells(pass.Pkg, pass.Files, pass.TypesInfo, facts.use)
	if asked && !tells {
		noreturn.Export(pass, open)
	}
	if !open {
		return new(Result)
	}
	j := &judge{pass: pass, options: o, facts: facts, at: at}
	if pass.Report == nil {
		if tells {
			j.export()
		}
		return new(Result)
	}
	leaks := gate.Leaks(pass.Pkg, pass.Files, pass.TypesInfo, facts.use)
	if tells || leaks {
		j.build(j.spared())
	}
	if tells {
		for obj, f := range j.set.Facts() {
			pass.ExportObjectFact(obj, f)
		}
	}
	if leaks {
		if o.debug != "" {
			report.Dump(pass, j.prog, j.set, o.debug)
		}
		at.stage = "places"
		j.table = place.NewTable(j.prog, j.set)
	}
	at.stage = "rules"
	return j.result()
}

// A judge applies the rules to a package. Without a table there is nothing to
// apply them to.
type judge struct {
	*options
	pass  *analysis.Pass
	facts *factSet // of its imports
	at    *progress
	prog  *ssabuild.Program
	set   *summary.Set
	table *place.Table
}

// export exports the facts of a package of which nothing else is wanted: functions
// on which they do not depend are not built, unless it turns out that one does.
func (j *judge) export() {
	j.build(gate.Outside(j.pass, j.facts.use, noreturn.Returns(j.pass)))
	facts := maps.Collect(j.set.Facts())
	if j.prog.Missed() {
		j.build(nil)
		facts = maps.Collect(j.set.Facts())
	}
	for obj, f := range facts {
		j.pass.ExportObjectFact(obj, f)
	}
}

// build builds the package, but for the bodies of left.
func (j *judge) build(left map[*ast.FuncDecl]bool) {
	j.at.stage = "building SSA"
	j.prog = ssabuild.Build(j.pass, left, func(fn *types.Func) bool {
		f := j.facts.of(fn.Origin())
		return noreturn.Known(fn) || f != nil && f.NoReturn
	})
	j.at.stage = "summaries"
	j.set = summary.New(j.prog, j.facts.of)
	j.at.set = j.set
}

// spared are the functions that need not be built: in test files, few rules are on
// by default. Whether a comment there ignores nothing, all rules have to tell.
func (j *judge) spared() map[*ast.FuncDecl]bool {
	if j.level == "all" || j.account != "" || j.debug != "" {
		return nil
	}
	idle := gate.Idle(j.pass, j.facts.use)
	if len(idle) > 0 && suppress.Any(j.pass) {
		return nil
	}
	return idle
}

func (j *judge) result() *Result {
	findings, verdicts := j.rules(j.level == "all")
	findings = suppress.Apply(j.pass, findings, func() []rule.Finding {
		findings, _ := j.rules(j.level != "all")
		return findings
	}, j.enabled)
	result := new(Result)
	result.Severities, result.Keeps = report.Report(j.pass, findings, j.least(), homepage)
	if j.account != "" && j.table != nil {
		result.Account = account.Of(j.pass, j.prog, j.set, j.table, verdicts)
	}
	return result
}

func (j *judge) rules(everything bool) ([]rule.Finding, rule.Verdicts) {
	if j.table == nil {
		return nil, rule.Verdicts{}
	}
	return rule.Run(&rule.Pass{
		Pass:       j.pass,
		Prog:       j.prog,
		Set:        j.set,
		Table:      j.table,
		Everything: everything,
	}, j.enabled, j.least())
}

// factSet reads the facts of imported functions.
type factSet struct {
	pass *analysis.Pass
	pkgs map[*types.Package]bool
	seen map[*types.Func]*fact.Func
}

func importedFacts(pass *analysis.Pass) *factSet {
	s := &factSet{pass: pass, pkgs: make(map[*types.Package]bool), seen: make(map[*types.Func]*fact.Func)}
	for _, f := range pass.AllObjectFacts() {
		if f.Object.Pkg() != pass.Pkg {
			if ff, ok := f.Fact.(*fact.Func); ok && gate.UseOf(ff) != gate.None {
				s.pkgs[f.Object.Pkg()] = true
			}
		}
	}
	return s
}

func (s *factSet) has(pkg *types.Package) bool { return s.pkgs[pkg] }

// use is what the fact about fn says that it is of use for.
func (s *factSet) use(fn *types.Func) gate.Use {
	if !s.has(fn.Pkg()) { // most are of packages none of whose functions have any
		return gate.None
	}
	if f := s.of(fn); f != nil {
		return gate.UseOf(f)
	}
	return gate.None
}

// of returns the fact about fn, or nil.
func (s *factSet) of(fn *types.Func) *fact.Func {
	if fn == nil || fn.Pkg() == s.pass.Pkg {
		return nil
	}
	if f, ok := s.seen[fn]; ok {
		return f
	}
	f := new(fact.Func)
	if !s.pass.ImportObjectFact(fn, f) || !f.Fits(fn.Signature()) {
		f = nil
	}
	s.seen[fn] = f
	return f
}
