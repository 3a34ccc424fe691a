package summary

import "golang.org/x/tools/go/ssa"

// ParentOf returns the context from which the result of call found at path is
// derived on every path through the callee, or nil.
func (s *Set) ParentOf(call *ssa.Call, path string) ssa.Value {
	parent, _ := s.derived(call, path)
	return parent
}
