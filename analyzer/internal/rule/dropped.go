package rule

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// Dropped reports the removal of a map entry, the reset of a container, or the
// clearing of an owner that still holds a live release.
var Dropped = &Rule{
	Name:  "dropped",
	Title: "what holds a live release function is deleted or reset",
	Run: func(p *Pass) {
		reported := make(map[ssa.Instruction]bool)
		drop := func(e *place.Entry, l place.Loss) {
			if !reported[l.At] && (p.Everything || !p.Prog.InTest(l.At.Pos())) {
				reported[l.At] = true
				p.droppedAt(e, l)
			}
		}
		for _, e := range p.Table.Entries {
			if p.explained(e) || p.onlyTested(e) {
				continue
			}
			for _, l := range p.Table.Losses(e) {
				if l.Removal {
					drop(e, l)
				}
			}
		}
		for _, e := range p.Table.Firsts {
			claimed := func(c *summary.Creation) bool { return p.claimed[c.Call.Pos()] != nil }
			if slices.ContainsFunc(e.Creations, claimed) || p.onlyTested(e) {
				continue
			}
			for _, l := range p.Table.Forgotten(e) {
				drop(e, l)
			}
		}
	},
}

func (p *Pass) droppedAt(e *place.Entry, l place.Loss) {
	i := slices.IndexFunc(e.Creations, func(c *summary.Creation) bool { return !p.harmlessAt(c, l.At) })
	if i < 0 {
		return
	}
	c := e.Creations[i]
	r := p.retention(c, true)
	pos, end := p.at(l.At)
	f := Finding{
		Pos: pos, End: end, Severity: r.Severity,
		Message: what(c) + " is dropped from " + placeName(l.From) + " without being called: " + r.Tail,
		Fixes:   p.fixDropped(e, l.At),
		Keeps:   retain.Keeps{Holder: placeName(l.From)},
	}
	if c.Owner() {
		f.Message = what(c) + " is dropped from " + placeName(l.From) + " without being released: " + r.Tail
	}
	cpos, _ := p.at(c.Call)
	f.Related = append(f.Related, related(cpos, "the context is made here"), related(pos, "the last thing that could end it is dropped here"))
	p.report(f, e.Creations...)
}
