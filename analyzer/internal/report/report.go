// Package report turns findings into diagnostics.
//
// In come findings in the order of the rules; out go diagnostics in the order
// of the source; where two findings of one rule have one position, the first.
package report

import (
	"cmp"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/rule"
)

// Report reports the findings that are at least as severe as least, and returns
// the severity of each, and what keeps its context alive.
func Report(pass *analysis.Pass, findings []rule.Finding, least retain.Severity, homepage string) (severities []string, keeps []retain.Keeps) {
	slices.SortStableFunc(findings, func(a, b rule.Finding) int {
		p, q := pass.Fset.Position(a.Pos), pass.Fset.Position(b.Pos)
		return cmp.Or(cmp.Compare(p.Filename, q.Filename), cmp.Compare(p.Offset, q.Offset))
	})
	for i, f := range findings {
		if f.Severity < least || i > 0 && f.Pos == findings[i-1].Pos && f.Rule == findings[i-1].Rule {
			continue
		}
		pass.Report(analysis.Diagnostic{
			Pos:            f.Pos,
			End:            f.End,
			Category:       f.Rule.Name,
			Message:        f.Message,
			URL:            homepage + "/blob/main/docs/rules/" + f.Rule.Name + ".md",
			Related:        f.Related,
			SuggestedFixes: f.Fixes,
		})
		severities = append(severities, f.Severity.String())
		keeps = append(keeps, f.Keeps)
	}
	return severities, keeps
}
