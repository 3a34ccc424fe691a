package rule

import (
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Unclosed reports a value that owns a context, the result of a constructor
// here or in an imported package, which is not released on some path and does
// not go to another owner.
var Unclosed = &Rule{
	Name:  "unclosed",
	Title: "a value that owns a context is not released on some path",
	Run: func(p *Pass) {
		p.creations(func(fn *ssa.Function, c *summary.Creation) {
			if !c.Wrapped || !c.Owner() || p.spared(fn, c) || p.onceInMain(fn) || orphan(c) && !p.Everything {
				return
			}
			lost := p.missed(c)
			if len(lost) == 0 {
				return
			}
			r := p.retention(c, false)
			pos, end := p.at(c.Call)
			missing := "never released"
			if releasedSomewhere(c) {
				missing = "not released on every path"
			}
			how := ""
			if m := c.Result.Methods; len(m) > 0 {
				how = " by " + alternatives(m, c.Result.Ends)
			}
			p.reportLoss(Finding{
				Pos: pos, End: end, Severity: r.Severity,
				Message: what(c) + " owns a context of " + c.Ultimate + " and is " + missing + how + ": " + r.Tail,
				Related: p.lostAt(c, lost),
				Fixes:   p.fixForgotten(c, lost),
			}, c, lost)
		})
	},
}

// orphan reports whether nothing is known of the context from which the
// owner's derives: its maker takes it from options, say. It may well be the
// caller's, and the owner end with that.
func orphan(c *summary.Creation) bool {
	return c.Parent == nil && c.Result.Life == fact.UntilParent
}

// alternatives names the methods to call: not those that release only at the
// natural end, where there are others.
func alternatives(names, ends []string) string {
	if len(ends) < len(names) {
		names = slices.DeleteFunc(slices.Clone(names), func(m string) bool { return slices.Contains(ends, m) })
	}
	if len(names) > 3 {
		names = names[:3]
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
