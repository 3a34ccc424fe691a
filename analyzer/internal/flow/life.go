package flow

// This file decides what memory outlives the function.

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

type life int

const (
	no life = iota
	yes
	unknownLife
)

// outlives reports whether the memory n is still there when the function has
// returned.
func (r *run) outlives(n Name, at ssa.Instruction) life {
	switch root := n.Root.(type) {
	case *ssa.Alloc:
		if !Within(root.Parent(), r.subject.Fn) {
			return unknownLife // a variable of an enclosing function
		}
		if EscapesBefore(root, at) {
			return yes
		}
		if rest, ok := strings.CutPrefix(n.Path, "*"); ok && strings.ContainsAny(rest, "*[") {
			return r.pointeesOutlive(root, rest, at)
		}
		return no
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.MakeChan:
		if !Within(root.Parent(), r.subject.Fn) || EscapesBefore(root, at) {
			return unknownLife
		}
		return no
	case *ssa.Global:
		return yes
	case *ssa.Parameter:
		return yes
	case *ssa.Call:
		if b, ok := root.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			return no
		}
		if c := Resolve(&root.Call); c.Fn != nil && r.oracle.Fresh(c.Fn, resultIndex(n.Path)) && !EscapesBefore(root, at) {
			return no
		}
		return yes
	case *ssa.Phi:
		if slices.IndexFunc(root.Edges, func(e ssa.Value) bool { _, fresh := e.(*ssa.Alloc); return !fresh }) < 0 {
			return no
		}
		return yes
	case *ssa.Const:
		return no
	case *ssa.FreeVar:
		return unknownLife
	}
	return yes
}

// pointeesOutlive is outlives for what path leads to from the values of the
// variable a.
func (r *run) pointeesOutlive(a *ssa.Alloc, path string, at ssa.Instruction) life {
	if len(referrers(a)) > maxReferrers {
		return unknownLife
	}
	result := no
	for _, ref := range referrers(a) {
		st, ok := ref.(*ssa.Store)
		if !ok || st.Addr != a || madeFrom(st.Val, a) {
			continue
		}
		switch v := Outermost(Name{st.Val, path}); r.outlives(v, at) {
		case yes:
			return yes
		case unknownLife:
			result = unknownLife
		}
	}
	return result
}

// resultIndex is the result that a path from a call starts with.
func resultIndex(path string) int {
	if rest, ok := strings.CutPrefix(path, "#"); ok {
		i, _ := strconv.Atoi(rest[:strings.IndexByte(rest, ';')])
		return i
	}
	return 0
}

// Within reports whether fn is outer or a function literal inside it.
func Within(fn, outer *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn == outer {
			return true
		}
	}
	return false
}

// EscapesBefore reports whether v was stored into memory that others see, or
// sent, by an instruction that may run before at. In a loop, v is the one of the
// turn: what became of others does not matter.
func EscapesBefore(v ssa.Value, at ssa.Instruction) bool {
	if v.Parent() != at.Parent() {
		return false
	}
	seen := map[ssa.Value]bool{}
	var object func(ssa.Value) bool
	var visit func(v ssa.Value, earlier func(ssa.Instruction) bool) bool
	object = func(v ssa.Value) bool { return visit(v, between(v, at)) }
	visit = func(v ssa.Value, earlier func(ssa.Instruction) bool) bool {
		if seen[v] || v.Referrers() == nil {
			return false
		}
		seen[v] = true
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store:
				if ref.Val == v && earlier(ref) {
					root := Outermost(Name{ref.Addr, "*"}).Root
					if a, local := root.(*ssa.Alloc); !local || object(a) {
						return true
					}
				}
			case *ssa.MapUpdate:
				if ref.Value == v && earlier(ref) {
					return true
				}
			case *ssa.Send:
				if ref.X == v && earlier(ref) {
					return true
				}
			case *ssa.Extract: // of a call with several results
				if visit(ref, earlier) {
					return true
				}
			case *ssa.MakeInterface, *ssa.ChangeType, *ssa.Phi, *ssa.ChangeInterface, *ssa.Slice:
				if visit(ref.(ssa.Value), earlier) {
					return true
				}
			case *ssa.Call:
				if b, ok := ref.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" && visit(ref, earlier) {
					return true
				}
			}
		}
		return false
	}
	return object(v)
}

// between reports of an instruction whether it may run before to, and after v was
// made, if something makes it.
func between(v ssa.Value, to ssa.Instruction) func(ssa.Instruction) bool {
	index := func(instr ssa.Instruction) int { return slices.Index(instr.Block().Instrs, instr) }
	made, _ := v.(ssa.Instruction)
	var start *ssa.BasicBlock
	first, last := -1, index(to)
	if made != nil && made.Parent() == to.Parent() {
		start, first = made.Block(), index(made)
	}
	end := to.Block()
	if start == end && first < last {
		return func(instr ssa.Instruction) bool {
			return instr.Block() == end && first < index(instr) && index(instr) < last
		}
	}
	reach := connected(end.Preds, func(b *ssa.BasicBlock) []*ssa.BasicBlock {
		if b == start {
			return nil
		}
		return b.Preds
	})
	return func(instr ssa.Instruction) bool {
		b := instr.Block()
		return b == end && index(instr) < last || reach != nil && reach[b.Index] && (b != start || index(instr) > first)
	}
}
