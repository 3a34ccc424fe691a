package rule

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
)

// Stored reports a request's or caller's context that is kept in something
// that outlives the call.
var Stored = &Rule{
	Name:  "stored",
	Title: "a request's or caller's context is kept beyond the call",
	Run: func(p *Pass) {
		for _, s := range place.StoredContexts(p.Prog, p.Set, p.Everything) {
			whose, sev := "the caller's context", retain.Medium
			if s.Request {
				whose = "the request's context"
			}
			f := Finding{
				Pos: s.Pos, End: s.Pos, Severity: sev,
				Message: whose + " is kept in " + placeName(s.Place) + ", which outlives the call: all that it carries stays alive, and work under it ends with the call",
				Keeps:   retain.Keeps{Holder: placeName(s.Place)},
			}
			if s.Place.Channel() {
				f.Keeps.Holder = "the channel " + s.Place.Var.Name()
				f.Message = whose + " is queued in the channel " + s.Place.Var.Name() + ", and the call does not wait: the work that takes it from there is under a context that has ended"
			}
			if s.Origin != nil {
				pos, _ := p.at(s.Origin.(ssa.Instruction))
				f.Related = append(f.Related, related(pos, "the context comes from here"))
			}
			f.Related = append(f.Related, related(s.Place.Var.Pos(), "kept here"))
			p.report(f)
		}
	},
}
