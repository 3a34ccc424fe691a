package flow

// This file says what a lock lets others change.

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// locked forgets what was known of the object whose mutex has just been taken: until
// then others had it. What no function changes in an object that exists is as it was.
//
//	running := s.cancel != nil
//	s.mu.Unlock()
//	…
//	s.mu.Lock()
//	if s.cancel != nil {    // may be another answer
func (r *run) locked(mutex ssa.Value, s *state) *state {
	n := s.outermost(Name{mutex, "*"})
	i := strings.LastIndexByte(strings.TrimSuffix(n.Path, ";"), '.')
	if i < 0 {
		return s
	}
	object := Name{n.Root, n.Path[:i]}
	open := func(o operand) bool {
		path := trimLen(o.path)
		rest, inside := Covers(object.Path, path)
		if o.root != object.Root || !inside || rest == "" {
			return false
		}
		field := lastField(Name{o.root, path})
		return field != nil && (strings.Contains(rest, "[") || r.oracle.Changes(field))
	}
	var stale []ssa.Value
	for o, loads := range r.tested {
		if open(o) {
			stale = append(stale, loads...)
		}
	}
	s = s.forget(open)
	if len(stale) > 0 {
		slices.SortFunc(stale, func(v, w ssa.Value) int { return cmp.Compare(v.Pos(), w.Pos()) })
		s = s.with(func(c *state) { c.stale = stale })
	}
	return s
}

// lastField is the last field on the way to what n names, or nil.
func lastField(n Name) *types.Var {
	var last *types.Var
	for _, at := range n.Leading() {
		if f := fieldAt(typeAt(at), at, n); f != nil {
			last = f
		}
	}
	return last
}
