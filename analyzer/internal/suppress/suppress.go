// Package suppress leaves out the findings that a comment in the source says to
// ignore, and reports the comments that do not do what they seem to.
//
// In come the findings of the rules; out go those that nothing suppresses, and
// findings of a rule of its own about directives. A directive stands behind the
// code on its line, or above it on a line of its own, or in the doc comment of
// a function, for all of it. It lives here and not in a driver, so that the
// command, go vet, golangci-lint and gopls agree.
package suppress

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/rule"
)

// Rule is about directives. It comes after the others, and is not among them.
var Rule = &rule.Rule{
	Name:  "ignore",
	Title: "a ctxleak:ignore comment is not whole, or ignores nothing",
	Tests: true,
}

// Rules are all rules that a user can turn off: those that find leaks, and this.
var Rules = append(slices.Clone(rule.All), Rule)

// An ignore is a directive in the source, and what it has been good for.
type ignore struct {
	Directive
	comment *ast.Comment
	used    map[string]bool

	from, to token.Pos   // the function that it covers, or else
	file     *token.File // the line
	line     int
}

// Apply returns the findings that no directive suppresses, and those about the
// directives. A directive is unused if it suppresses none of findings, and none
// of those at another level either: other makes them, and is called only if
// that is the question. What a rule that is off would find is not known.
func Apply(pass *analysis.Pass, findings []rule.Finding, other func() []rule.Finding, enabled func(*rule.Rule) bool) []rule.Finding {
	var ignores []*ignore
	var about []rule.Finding
	for _, f := range pass.Files {
		in, faults := directives(pass, f)
		ignores = append(ignores, in...)
		if enabled(Rule) && !ast.IsGenerated(f) { // nobody could mend those
			about = append(about, faults...)
		}
	}
	findings = slices.DeleteFunc(findings, func(f rule.Finding) bool { return suppressed(pass, f, ignores) })
	if !enabled(Rule) {
		return findings
	}
	unused := func(i *ignore) bool {
		return slices.ContainsFunc(i.Rules, func(r string) bool { return !i.used[r] })
	}
	if slices.ContainsFunc(ignores, unused) {
		for _, f := range other() {
			suppressed(pass, f, ignores)
		}
	}
	on := make(map[string]bool)
	for _, r := range rule.All {
		on[r.Name] = enabled(r)
	}
	for _, i := range ignores {
		if !ast.IsGenerated(fileOf(pass, i.comment.Pos())) {
			about = append(about, i.useless(on)...)
		}
	}
	return append(findings, about...)
}

// suppressed reports whether some directive covers f, and notes on all that do
// that they have been of use.
func suppressed(pass *analysis.Pass, f rule.Finding, ignores []*ignore) bool {
	is := false
	for _, i := range ignores {
		if slices.Contains(i.Rules, f.Rule.Name) && i.covers(pass, f.Pos) {
			i.used[f.Rule.Name] = true
			is = true
		}
	}
	return is
}

func (i *ignore) covers(pass *analysis.Pass, pos token.Pos) bool {
	if i.to.IsValid() {
		return i.from <= pos && pos < i.to
	}
	if pass.Fset.File(pos) != i.file {
		return false
	}
	first, last := extent(pass, pos)
	return first <= i.line && i.line <= last
}

// extent are the lines that belong to what stands at pos: those of its
// statement, if that is a simple one, or else those up to pos.
func extent(pass *analysis.Pass, pos token.Pos) (first, last int) {
	first = line(pass, pos)
	last = first
	var stmt ast.Node
	ast.Inspect(fileOf(pass, pos), func(n ast.Node) bool {
		if n == nil || pos < n.Pos() || n.End() <= pos {
			return false
		}
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		case *ast.FuncLit, *ast.FuncDecl:
			stmt = nil // what stands around a function is not about its inside
		case ast.Stmt, *ast.ValueSpec:
			stmt = n
		}
		return true
	})
	if stmt == nil {
		return first, last
	}
	first = line(pass, stmt.Pos())
	simple := true
	ast.Inspect(stmt, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			simple = false
		}
		return simple
	})
	if simple {
		last = line(pass, stmt.End())
	}
	return first, last
}

// useless reports the rules of i that have suppressed nothing, of those that
// are on.
func (i *ignore) useless(on map[string]bool) []rule.Finding {
	var all []rule.Finding
	var names []string
	for _, r := range i.Rules {
		if on[r] && !i.used[r] && !slices.Contains(names, r) {
			names = append(names, r)
			all = append(all, i.at(r, "ctxleak:ignore has nothing to ignore here: "+r+" reports nothing"))
		}
	}
	if len(names) == 0 || len(names) < len(i.Rules) {
		return all
	}
	reports := " reports nothing"
	if len(names) > 1 {
		reports = " report nothing"
	}
	return []rule.Finding{fault(i.comment, "ctxleak:ignore has nothing to ignore here: "+strings.Join(names, " and ")+reports)}
}

// Any reports whether some comment in pass's files is, or was meant to be, a
// directive.
func Any(pass *analysis.Pass) bool {
	return slices.ContainsFunc(pass.Files, func(f *ast.File) bool {
		return slices.ContainsFunc(f.Comments, func(g *ast.CommentGroup) bool {
			return slices.ContainsFunc(g.List, func(c *ast.Comment) bool {
				_, is, _ := Parse(c.Text)
				return is
			})
		})
	})
}

// directives are those of a file that are whole, and what is wrong with others.
func directives(pass *analysis.Pass, file *ast.File) (ignores []*ignore, faults []rule.Finding) {
	funcs := make(map[*ast.CommentGroup]*ast.FuncDecl)
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Doc != nil {
			funcs[fn.Doc] = fn
		}
	}
	for _, group := range file.Comments {
		for _, c := range group.List {
			d, is, wrong := Parse(c.Text)
			if !is {
				continue
			}
			if wrong != "" {
				faults = append(faults, fault(c, wrong))
				continue
			}
			i := &ignore{Directive: d, comment: c, used: make(map[string]bool), file: pass.Fset.File(c.Pos())}
			switch fn := funcs[group]; {
			case fn != nil:
				i.from, i.to = fn.Pos(), fn.End()
			case alone(pass, c):
				i.line = line(pass, group.End()) + 1
			default:
				i.line = line(pass, c.Pos())
			}
			for _, r := range d.Rules {
				switch {
				case r == Rule.Name:
					faults = append(faults, i.at(r, "the rule "+r+" cannot be ignored by a comment, only turned off by its flag"))
				case !slices.ContainsFunc(rule.All, func(known *rule.Rule) bool { return known.Name == r }):
					faults = append(faults, i.at(r, fmt.Sprintf("ctxleak:ignore names %s, which is not a rule", r)))
				}
			}
			ignores = append(ignores, i)
		}
	}
	return ignores, faults
}

// alone reports whether c stands on a line of its own.
func alone(pass *analysis.Pass, c *ast.Comment) bool {
	file := pass.Fset.File(c.Pos())
	text, err := pass.ReadFile(file.Name())
	end := file.Offset(c.Pos())
	if err != nil || end > len(text) {
		return false
	}
	before := bytes.TrimRight(text[:end], " \t")
	return len(before) == 0 || before[len(before)-1] == '\n'
}

// at is a fault of the rule named r in i.
func (i *ignore) at(r, message string) rule.Finding {
	f := fault(i.comment, message)
	rules := strings.Index(i.comment.Text, verb) + len(verb)
	if at := strings.Index(i.comment.Text[rules:], r); at >= 0 {
		f.Pos += token.Pos(rules + at)
		f.End = f.Pos + token.Pos(len(r))
	}
	return f
}

// fault is a finding about a directive. It costs nothing but clarity.
func fault(c *ast.Comment, message string) rule.Finding {
	return rule.Finding{Rule: Rule, Pos: c.Pos(), End: c.End(), Severity: retain.Low, Message: message + " [" + Rule.Name + "]"}
}

// line is the line of pos in its file, whatever //line says.
func line(pass *analysis.Pass, pos token.Pos) int { return pass.Fset.PositionFor(pos, false).Line }

func fileOf(pass *analysis.Pass, pos token.Pos) *ast.File {
	for _, f := range pass.Files {
		if f.FileStart <= pos && pos < f.FileEnd {
			return f
		}
	}
	return nil
}
