package rule

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// A claim says which rule speaks for a creation.
type claim struct {
	rule     *Rule
	severity retain.Severity
	off      bool // the rule is turned off: it is silent, and so are the others
}

// claims are those of a package, by the position of the creating call.
type claims map[token.Pos]*claim

// by returns the rule that speaks for the creation at pos, or nil.
func (m claims) by(pos token.Pos) *Rule {
	if c := m[pos]; c != nil {
		return c.rule
	}
	return nil
}

// Verdicts are what the rules made of the creations of a package.
type Verdicts struct {
	pass  *Pass
	least retain.Severity
}

// Verdict is one rule's word on one creation.
type Verdict struct {
	Rule     string
	Reported bool // rather than turned off, or less severe than what is wanted
}

// Claimed returns the verdict of the rule that speaks for c, if one does.
func (v Verdicts) Claimed(c *summary.Creation) (Verdict, bool) {
	claim := v.pass.claimed[c.Call.Pos()]
	if claim == nil {
		return Verdict{}, false
	}
	return Verdict{claim.rule.Name, !claim.off && claim.severity >= v.least}, true
}

// Spared says why no rule minds that c, made in fn, is lost at e: what would
// keep it ends. Empty if that is not the reason.
func (v Verdicts) Spared(fn *ssa.Function, c *summary.Creation, e flow.End) string {
	p := v.pass
	switch {
	case isMain(fn) && !p.inLoop(c.Call), p.onceInMain(fn):
		return "the process ends with its function"
	case p.boundedParent(fn, c):
		return "it ends with its parent, on the same paths"
	case c.Result.Stop && p.needed(fn, c):
		return "what it would stop is another context's release"
	case c.Result.Stop && !p.outlived(fn, c):
		return "nothing shows that its parent outlives the call"
	case !mattersAt(p.missed(c), e):
		return "its parent never ends and nobody waits for it: it is garbage"
	}
	return ""
}

func mattersAt(missed []flow.End, e flow.End) bool {
	for _, m := range missed {
		if m.At == e.At && m.Kind == e.Kind {
			return true
		}
	}
	return false
}
