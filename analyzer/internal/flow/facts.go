package flow

// This file keeps what a path knows: the conditions that it has decided.

import (
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

type fact struct {
	condition
	truth bool
}

// decided reports what the path already knows of c.
func (s *state) decided(c condition) (truth, ok bool) {
	for _, f := range s.facts {
		if f.condition == c {
			return f.truth, true
		}
	}
	if truth, ok := s.numeric(c); ok {
		return truth, true
	}
	// err == nil decides err == io.EOF, errors.Is(err, io.EOF), and what else
	// asks of which kind an error is.
	ofError := strings.HasPrefix(c.op, "call ") && c.x.root != nil || c.op == "==" && c.y.path == "*" && isGlobal(c.y.root)
	if ofError && s.saysNil(c.x) {
		return false, true
	}
	// x == "a" decides x == "b".
	if c.op == "==" && c.y.root == nil {
		for _, f := range s.facts {
			if f.op == "==" && f.truth && f.x == c.x && f.y.root == nil && f.y != c.y {
				return false, true
			}
		}
	}
	return false, false
}

// saysNil reports whether the path knows that o, an error, is nil.
func (s *state) saysNil(o operand) bool {
	return slices.Contains(s.facts, fact{condition{op: "nil", x: o}, true})
}

func isGlobal(v ssa.Value) bool {
	_, ok := v.(*ssa.Global)
	return ok
}

func (s *state) assume(c condition, truth bool) *state {
	return s.with(func(n *state) {
		others := slices.DeleteFunc(slices.Clone(s.facts), func(f fact) bool { return f.condition == c })
		n.facts = append(others, fact{c, truth})
	})
}

// forget drops the facts about operands that changed.
func (s *state) forget(changed func(operand) bool) *state {
	hit := func(f fact) bool { return f.x.root != nil && changed(f.x) || f.y.root != nil && changed(f.y) }
	if !slices.ContainsFunc(s.facts, hit) {
		return s
	}
	return s.with(func(n *state) { n.facts = slices.DeleteFunc(slices.Clone(s.facts), hit) })
}

// resized drops the facts about how many elements the map m has.
func (s *state) resized(m ssa.Value) *state {
	size := operandOf(m).measured("len")
	return s.forget(func(o operand) bool { return o == size })
}

// forgetStale drops the loads that gone selects from those whose memory has been
// stored to since.
func (s *state) forgetStale(gone func(ssa.Value) bool) *state {
	if !slices.ContainsFunc(s.stale, gone) {
		return s
	}
	return s.with(func(n *state) { n.stale = slices.DeleteFunc(slices.Clone(s.stale), gone) })
}

// maxForgetting bounds the blocks of a function in which idle facts are told from
// others: the table that says which block may follow which has their square.
const maxForgetting = 4000

// forgetIdle drops the facts about what is not used from block to on, or is
// made anew before it is, and the loads that are: they tell paths apart that do
// the same.
func (r *run) forgetIdle(s *state, to *ssa.BasicBlock) *state {
	s = s.forgetStale(func(v ssa.Value) bool { return madeAfter(v, to) })
	if len(to.Parent().Blocks) > maxForgetting {
		return s
	}
	return s.forget(func(o operand) bool { return !r.used(o, to) })
}

// madeAfter reports whether v, an instruction of the function of block b, is
// made on every path from the beginning of b to a use of it: its definition
// dominates its uses, but not b.
func madeAfter(v ssa.Value, b *ssa.BasicBlock) bool {
	instr, ok := v.(ssa.Instruction)
	if !ok || instr.Parent() != b.Parent() {
		return false
	}
	if _, phi := v.(*ssa.Phi); !phi && instr.Block() == b {
		return true
	}
	return !instr.Block().Dominates(b)
}

// used reports whether what o is now is used in a block from from on, or o is a
// constant. What a function literal uses is used anywhere.
func (r *run) used(o operand, from *ssa.BasicBlock) bool {
	if o.root == nil {
		return true
	}
	blocks := r.mentionsOf(o)
	if len(blocks) == 0 {
		return false
	}
	again, after := madeAfter(o.root, from), r.following(from)
	return slices.ContainsFunc(blocks, func(b *ssa.BasicBlock) bool {
		return b.Parent() != from.Parent() || !again && after[b.Index]
	})
}

// following are the blocks that control may be in after b, it included.
func (r *run) following(b *ssa.BasicBlock) []bool {
	if r.after[b] == nil {
		r.after[b] = reachableFrom(b)
	}
	return r.after[b]
}

// learn carries what is known of a value over to what it was assigned to.
func (r *run) learn(s *state, to operand, v ssa.Value) *state {
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		if t.Info()&types.IsBoolean == 0 {
			return s
		}
		if c, ok := v.(*ssa.Const); ok && isBool(c) {
			return s.assume(condition{op: "bool", x: to}, constant.BoolVal(c.Value))
		}
		c, sense := r.conditionOf(v)
		if truth, ok := s.decided(c); ok {
			return s.assume(condition{op: "bool", x: to}, truth == sense)
		}
	case *types.Pointer, *types.Signature, *types.Interface, *types.Map, *types.Slice, *types.Chan:
		if null, ok := r.nilness(s, v); ok {
			return s.assume(condition{op: "nil", x: to}, null)
		}
	case *types.Struct:
		from := operandOf(v)
		for _, f := range s.facts {
			if rest, ok := Covers(from.path, f.x.path); ok && f.x.root == from.root && rest != "" && f.y.root == nil {
				s = s.assume(condition{f.op, operand{to.root, to.path + rest}, f.y}, f.truth)
			}
		}
	}
	return s
}

// nilness reports whether v is nil, where the path or v itself tells.
func (r *run) nilness(s *state, v ssa.Value) (null, ok bool) {
	if isNil(v) {
		return true, true
	}
	switch v := v.(type) {
	case *ssa.MakeInterface, *ssa.MakeClosure, *ssa.Function, *ssa.Alloc, *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice, *ssa.FieldAddr, *ssa.Global:
		return false, true
	case *ssa.ChangeInterface:
		return r.nilness(s, v.X)
	case *ssa.Call:
		if f := v.Call.StaticCallee(); f != nil {
			obj, _ := f.Object().(*types.Func)
			switch source.FullName(obj) {
			case "errors.New", "fmt.Errorf":
				return false, true
			}
		}
		// What makes an error of an error, as errors.Wrap does, makes one of one
		// that is set.
		set := func(arg ssa.Value) bool {
			null, known := false, false
			if source.IsError(arg.Type()) {
				null, known = r.nilness(s, arg)
			}
			return known && !null
		}
		if source.IsError(v.Type()) && slices.ContainsFunc(v.Call.Args, set) {
			return false, true
		}
	case *ssa.UnOp:
		// A package-level error variable is taken to be set.
		if _, is := v.X.(*ssa.Global); is && source.IsError(v.Type()) {
			return false, true
		}
	}
	if len(s.owedUnder(Name{v, ""})) > 0 || s.holds(self, Name{v, ""}) {
		return false, true
	}
	return s.decided(condition{op: "nil", x: operandOf(v)})
}
