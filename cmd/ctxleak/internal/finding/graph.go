package finding

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

// Units are what the roots of graph have found, and which analyses failed, of
// dependencies too.
func Units(graph *checker.Graph) []Unit {
	var units []Unit
	for act := range graph.All() {
		if act.IsRoot || act.Err != nil {
			result, _ := act.Result.(*analyzer.Result)
			units = append(units, NewUnit(act.Package, act.Diagnostics, result, act.Err))
		}
	}
	return units
}

// NewUnit is what an analysis of p reported and returned, as plain data.
func NewUnit(p *packages.Package, diagnostics []analysis.Diagnostic, result *analyzer.Result, err error) Unit {
	u := Unit{ID: p.ID, Package: strings.TrimSuffix(p.PkgPath, "_test")}
	if err != nil {
		u.Err = err.Error()
		return u
	}
	for i, d := range diagnostics {
		f := Of(p.Fset, d)
		f.Package = u.Package
		f.Severity = result.Severities[i]
		f.Keeps = result.Keeps[i]
		u.Findings = append(u.Findings, f)
	}
	if result != nil {
		u.Contexts = result.Account
	}
	return u
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
