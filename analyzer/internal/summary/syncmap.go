package summary

import (
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// RangeReleases reports whether a function ranges over the sync.Map that is
// place and releases the values, or what is inside them by path, or hands
// them on.
func (s *Set) RangeReleases(place flow.Place, path string, methods []string) bool {
	s.prog.Naming(place.Var)
	for _, call := range s.mapRanges() {
		callee := flow.Resolve(call.Common())
		if flow.PlaceOf(callee.Args[0], true) != place {
			continue
		}
		body := flow.Resolve(&ssa.CallCommon{Value: callee.Args[1]})
		if body.Fn == nil || len(body.Fn.Params) != 2 {
			return true // unknown code sees them all
		}
		if e := s.Effect(body.Fn, 1, path, methods); e == nil || e.Released || e.Escaped || len(e.Held) > 0 {
			return true
		}
	}
	return false
}

// mapRanges are the calls of sync.Map's Range in the package.
func (s *Set) mapRanges() []ssa.CallInstruction {
	if s.ranges == nil {
		s.ranges = []ssa.CallInstruction{}
		for instr := range s.prog.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if !ok {
				continue
			}
			if c := flow.Resolve(call.Common()); source.FullName(c.Obj) == "sync.Map.Range" && len(c.Args) == 2 {
				s.ranges = append(s.ranges, call)
			}
		}
	}
	return s.ranges
}
