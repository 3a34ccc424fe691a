package flow

// This file transfers the predeclared functions and the atomic operations.

import (
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// appended returns what the result of an append has of the value: the
// elements of both its arguments, whose indexes change.
func (s *state) appended(call *ssa.Call) []item {
	b, ok := call.Call.Value.(*ssa.Builtin)
	if !ok || b.Name() != "append" {
		return nil
	}
	var all []item
	for i, a := range call.Call.Args {
		for _, it := range s.owedUnder(Name{a, ""}) {
			if rest := it.Path; rest != "" && rest[0] == '[' && i == 0 && RemovedElement(call) == "" {
				// It stays where it is.
			} else if rest != "" && rest[0] == '[' {
				if gone := RemovedElement(call); gone != "" && strings.HasPrefix(rest, gone) {
					continue
				}
				it.Path = anyElement + rest[len(firstStep(rest)):]
			}
			it.Name, it.held = Name{call, it.Path}, false
			all = append(all, it)
		}
	}
	return all
}

// builtin transfers a call of a predeclared function.
func (r *run) builtin(instr ssa.CallInstruction, name string, args []ssa.Value, s *state) []*state {
	switch name {
	case "delete":
		s = s.overwrite(Name{args[0], key(args[1])}, instr).resized(args[0])
	case "clear":
		s = s.overwrite(Name{args[0], ""}, instr).resized(args[0])
	case "copy":
		for _, it := range s.owedUnder(Name{args[1], ""}) {
			s = s.add(item{Name: s.outermost(Name{args[0], it.Path})})
		}
	case "len":
		if len(s.owedUnder(Name{args[0], ""})) > 0 && r.drains(s, args[0]) {
			r.end(End{Kind: Released, At: instr})
			return nil
		}
	}
	return []*state{s}
}

func referrers(v ssa.Value) []ssa.Instruction {
	if refs := v.Referrers(); refs != nil {
		return *refs
	}
	return nil
}

// atomic transfers the operations of sync/atomic and sync.Map, which keep a
// value in the step .v; (or under a key) of their receiver.
func (r *run) atomic(instr ssa.CallInstruction, op source.Atomic, args []ssa.Value, s *state) []*state {
	if len(args) == 0 {
		return []*state{s}
	}
	cell := Name{args[0], "*.v;"}
	if op >= source.MapLoad && len(args) > 1 {
		cell = Name{args[0], "*" + key(args[1])}
	}
	place := PlaceOf(args[0], op >= source.MapLoad)
	result := func(index string) {
		v, ok := instr.(*ssa.Call)
		if !ok {
			return
		}
		var found []item
		for _, it := range s.owedUnder(cell) {
			found = append(found, item{Name: Name{v, index + it.Path}})
		}
		s = s.add(found...)
	}
	switch op {
	case source.AtomicLoad:
		result("")
	case source.MapLoad:
		result("#0;")
	case source.MapTake:
		result("#0;")
		s = s.overwrite(cell, instr)
	case source.MapDelete:
		s = s.overwrite(cell, instr)
	case source.AtomicStore, source.AtomicSwap, source.MapStore, source.MapSwap:
		stored := args[len(args)-1]
		switch op {
		case source.AtomicSwap:
			result("")
		case source.MapSwap:
			result("#0;")
		}
		values := s.owedUnder(Name{stored, ""})
		s = s.overwrite(cell, instr)
		return r.put(instr, s, cell, values, place)
	case source.MapLoadOrStore, source.AtomicCAS:
		if op == source.MapLoadOrStore {
			result("#0;")
		}
		if values := s.owedUnder(Name{args[len(args)-1], ""}); len(values) > 0 {
			return r.publish(instr, op, s, cell, values, place)
		}
		if op == source.AtomicCAS {
			return r.unknown(instr, args[1:], s)
		}
	}
	return []*state{s}
}

// publish transfers an operation that stores values in a cell, unless another was
// there before: what loses stays its maker's.
//
//	if _, loaded := m.LoadOrStore(key, c); loaded {
//		c.close()
//	}
func (r *run) publish(instr ssa.CallInstruction, op source.Atomic, s *state, cell Name, values []item, place Place) []*state {
	call, ok := instr.(*ssa.Call)
	if !ok {
		return r.put(instr, s, cell, values, place)
	}
	stored := condition{op: "bool", x: operand{call, ""}}
	if op == source.MapLoadOrStore {
		stored.x = operand{call, "#1;"}
	}
	wins := op == source.AtomicCAS // what the boolean says where it is stored
	lost := s.assume(stored, !wins)
	return append(r.put(instr, s.assume(stored, wins), cell, values, place), lost)
}
