package finding

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/ctxleak/ctxleak/analyzer"
)

// FromGraph reports what the roots of graph that did not fail have found.
func FromGraph(graph *checker.Graph) *Report {
	r := new(Report)
	for _, act := range graph.Roots {
		if act.Err != nil {
			continue
		}
		result, _ := act.Result.(*analyzer.Result)
		pkg := strings.TrimSuffix(act.Package.PkgPath, "_test")
		for i, d := range act.Diagnostics {
			f := Of(act.Package.Fset, d)
			f.Package = pkg
			f.Severity = result.Severities[i]
			r.Findings = append(r.Findings, f)
		}
		r.Accounts = append(r.Accounts, Account{pkg, result.Account})
	}
	r.Sort()
	return r
}

// Of is d as plain data; of which package and how severe, d does not tell.
func Of(fset *token.FileSet, d analysis.Diagnostic) Finding {
	at := func(pos token.Pos) Position {
		p := fset.Position(pos)
		return Position{File: p.Filename, Line: p.Line, Column: p.Column, Offset: p.Offset}
	}
	span := func(pos, end token.Pos) (Position, Position) {
		if !end.IsValid() {
			end = pos
		}
		return at(pos), at(end)
	}
	f := Finding{Rule: d.Category, Message: d.Message, URL: d.URL}
	f.Pos, f.End = span(d.Pos, d.End)
	for _, rel := range d.Related {
		r := Related{Message: rel.Message}
		r.Pos, r.End = span(rel.Pos, rel.End)
		f.Related = append(f.Related, r)
	}
	for _, fix := range d.SuggestedFixes {
		x := Fix{Message: fix.Message}
		for _, edit := range fix.TextEdits {
			e := Edit{New: string(edit.NewText)}
			e.Pos, e.End = span(edit.Pos, edit.End)
			x.Edits = append(x.Edits, e)
		}
		f.Fixes = append(f.Fixes, x)
	}
	return f
}
