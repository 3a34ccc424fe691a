package flow

// This file decides comparisons of integers.

import (
	"go/token"
	"go/types"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// maxCompared bounds how often an operand may be compared with constants for
// the path to remember each answer: a switch of many cases would make as many
// paths.
const maxCompared = 4

// number is the value of o, an integer constant.
func (o operand) number() (int64, bool) {
	digits, ok := strings.CutSuffix(o.path, ":int")
	if !ok || o.root != nil {
		return 0, false
	}
	k, err := strconv.ParseInt(digits, 10, 64)
	return k, err == nil
}

// compares reports whether c compares an integer with a constant: which operand
// it asks of, and which constant.
func (c condition) compares() (of operand, k int64, ok bool) {
	if c.op != "<" && c.op != "==" {
		return of, 0, false
	}
	if k, ok := c.y.number(); ok && c.x.root != nil {
		return c.x, k, true
	}
	k, ok = c.x.number()
	return c.y, k, ok && c.y.root != nil
}

// An interval is the integers from lo to hi.
type interval struct{ lo, hi int64 }

// interval is what the path knows of o.
func (s *state) interval(o operand) interval {
	i := interval{math.MinInt64, math.MaxInt64}
	if strings.HasSuffix(o.path, "len") || strings.HasSuffix(o.path, "cap") {
		i.lo = 0
	}
	for _, f := range s.facts {
		of, k, ok := f.compares()
		if !ok || of != o {
			continue
		}
		switch less := f.x == o; {
		case f.op == "==" && f.truth:
			i.lo, i.hi = max(i.lo, k), min(i.hi, k)
		case f.op == "==":
		case less && f.truth: // o < k
			i.hi = min(i.hi, k-1)
		case less:
			i.lo = max(i.lo, k)
		case f.truth: // k < o
			i.lo = max(i.lo, k+1)
		default:
			i.hi = min(i.hi, k)
		}
	}
	for changed := true; changed; { // o != k, at one of the bounds
		changed = false
		for _, f := range s.facts {
			if of, k, ok := f.compares(); ok && of == o && f.op == "==" && !f.truth {
				switch {
				case i.lo == k && k < i.hi:
					i.lo, changed = k+1, true
				case i.hi == k && i.lo < k:
					i.hi, changed = k-1, true
				}
			}
		}
	}
	return i
}

// numeric reports what constants, and the bounds of what c asks of, decide.
func (s *state) numeric(c condition) (truth, ok bool) {
	if x, ok := c.x.number(); ok {
		if y, ok := c.y.number(); ok && (c.op == "<" || c.op == "==") {
			return c.op == "<" && x < y || c.op == "==" && x == y, true
		}
	}
	o, k, ok := c.compares()
	if !ok {
		return false, false
	}
	i := s.interval(o)
	switch {
	case c.op == "==":
		only := i == interval{k, k}
		return only, only || k < i.lo || i.hi < k
	case c.x == o: // o < k
		return i.hi < k, i.hi < k || i.lo >= k
	default: // k < o
		return k < i.lo, k < i.lo || i.hi <= k
	}
}

// begun is what the branch at the end of block asks where control comes from the
// block before, and a φ is a constant then:
//
//	for i := 0; i < n; i++ {    // 0 < n, to begin with
//
// or where a range over a map begins. sense is false where c is the negation of that.
func begun(block, before *ssa.BasicBlock) (c condition, sense, ok bool) {
	if m := rangedMap(block); m != nil && !block.Dominates(before) {
		c, negated, ok := comparison(token.LSS, integer(0), operandOf(m).measured("len"))
		return c, !negated, ok
	}
	if _, merges := block.Instrs[0].(*ssa.Phi); !merges {
		return c, false, false
	}
	branch, ok := block.Instrs[len(block.Instrs)-1].(*ssa.If)
	if !ok {
		return c, false, false
	}
	cmp, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cmp.Block() != block || !isInt(cmp.X.Type()) {
		return c, false, false
	}
	edge := slices.Index(block.Preds, before)
	x, xBegins := constantOn(cmp.X, block, edge)
	y, yBegins := constantOn(cmp.Y, block, edge)
	if !xBegins && !yBegins {
		return c, false, false
	}
	c, negated, ok := comparison(cmp.Op, x, y)
	return c, !negated, ok
}

// rangedMap is the map that a range goes over of which header begins each turn, or
// nil.
func rangedMap(header *ssa.BasicBlock) ssa.Value {
	branch, ok := header.Instrs[len(header.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	more, ok := branch.Cond.(*ssa.Extract)
	if !ok || more.Index != 0 || more.Block() != header {
		return nil
	}
	next, ok := more.Tuple.(*ssa.Next)
	if !ok || next.IsString {
		return nil
	}
	r, ok := next.Iter.(*ssa.Range)
	if !ok {
		return nil
	}
	return r.X
}

func isInt(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Int
}

// count assumes what phi is where it takes the value e: a constant, or, in a
// later turn of a loop that counts up, more than it began with.
func (s *state) count(phi *ssa.Phi, e ssa.Value) *state {
	o := operand{phi, ""}
	if k := operandOf(e); k.root == nil {
		return s.assume(condition{"==", o, k}, true)
	}
	if step, ok := added(e); !ok || step <= 0 || e.(*ssa.BinOp).X != phi {
		return s
	}
	least := int64(math.MaxInt64)
	for _, other := range phi.Edges {
		if other == e {
			continue
		}
		k, ok := operandOf(other).number()
		if !ok {
			return s
		}
		least = min(least, k)
	}
	return s.assume(condition{"<", integer(least), o}, true)
}

// countOn assumes of sum, a φ and a constant, what follows from what is known of
// the φ.
func (s *state) countOn(sum *ssa.BinOp, phi *ssa.Phi) *state {
	step, ok := added(sum)
	if !ok {
		return s
	}
	switch i := s.interval(operand{phi, ""}); {
	case i.lo == i.hi:
		return s.assume(condition{"==", operand{sum, ""}, integer(i.lo + step)}, true)
	case i.lo > math.MinInt64:
		return s.assume(condition{"<", integer(i.lo + step - 1), operand{sum, ""}}, true)
	}
	return s
}

// added is the constant that v, a sum or difference, adds to its first operand.
func added(v ssa.Value) (int64, bool) {
	b, ok := v.(*ssa.BinOp)
	if !ok || b.Op != token.ADD && b.Op != token.SUB {
		return 0, false
	}
	k, ok := operandOf(b.Y).number()
	if b.Op == token.SUB {
		k = -k
	}
	return k, ok
}

func integer(k int64) operand { return operand{nil, strconv.FormatInt(k, 10) + ":int"} }

// constantOn is v where control enters block by an edge; ok reports whether v
// is a constant there only.
func constantOn(v ssa.Value, block *ssa.BasicBlock, edge int) (o operand, ok bool) {
	from := v
	step, sum := added(v)
	if sum && v.(*ssa.BinOp).Block() == block {
		from = v.(*ssa.BinOp).X
	}
	phi, ok := from.(*ssa.Phi)
	if !ok || phi.Block() != block {
		return operandOf(v), false
	}
	k, ok := operandOf(phi.Edges[edge]).number()
	if !ok {
		return operandOf(v), false
	}
	if from == v {
		step = 0
	}
	return integer(k + step), true
}

// lengthOf is the length of the slice literal v, or ok is false.
func lengthOf(v ssa.Value) (n int64, ok bool) {
	all, ok := v.(*ssa.Slice)
	if !ok || all.Low != nil || all.High != nil {
		return 0, false
	}
	a, ok := all.X.(*ssa.Alloc)
	if !ok {
		return 0, false
	}
	array, ok := a.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	if !ok {
		return 0, false
	}
	return array.Len(), true
}
