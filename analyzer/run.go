package analyzer

import (
	"go/types"

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
// and, if it is asked for, the account of all that the rules judged.
func run(pass *analysis.Pass, o *options, at *progress) *Result {
	facts := importedFacts(pass)
	if !gate.Open(pass.Pkg, facts.has) {
		noreturn.Export(pass, false)
		return new(Result)
	}
	tells := gate.Concerned(pass.TypesInfo, facts.owes) || gate.Takes(pass.Pkg)
	if !tells {
		noreturn.Export(pass, true)
		if pass.Report == nil { // see package unit
			return new(Result)
		}
	}
	at.stage = "building SSA"
	prog := ssabuild.Build(pass, func(fn *types.Func) bool {
		f := facts.of(fn.Origin())
		return noreturn.Known(fn) || f != nil && f.NoReturn
	})
	set := summary.New(prog, facts.of)
	at.stage, at.set = "summaries", set
	if tells {
		for obj, f := range set.Facts() {
			pass.ExportObjectFact(obj, f)
		}
	}
	if pass.Report == nil {
		return new(Result)
	}
	if o.debug != "" {
		report.Dump(pass, prog, set, o.debug)
	}
	at.stage = "places"
	table := place.NewTable(prog, set)
	at.stage = "rules"
	rules := func(everything bool, enabled func(*rule.Rule) bool) ([]rule.Finding, rule.Verdicts) {
		return rule.Run(&rule.Pass{
			Pass:       pass,
			Prog:       prog,
			Set:        set,
			Table:      table,
			Everything: everything,
		}, enabled, o.least())
	}
	findings, verdicts := rules(o.level == "all", o.enabled)
	findings = suppress.Apply(pass, findings, func() []rule.Finding {
		findings, _ := rules(o.level != "all", o.enabled)
		return findings
	}, o.enabled)
	result := new(Result)
	result.Severities, result.Keeps = report.Report(pass, findings, o.least(), homepage)
	if o.account != "" {
		result.Account = account.Of(pass, prog, set, table, verdicts)
	}
	return result
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
			if ff, ok := f.Fact.(*fact.Func); ok && gate.Owes(ff) {
				s.pkgs[f.Object.Pkg()] = true
			}
		}
	}
	return s
}

func (s *factSet) has(pkg *types.Package) bool { return s.pkgs[pkg] }

// owes reports whether fn hands on an obligation or a context derived anew.
func (s *factSet) owes(fn *types.Func) bool {
	f := s.of(fn)
	return f != nil && gate.Owes(f)
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
