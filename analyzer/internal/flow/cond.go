package flow

import (
	"go/constant"
	"go/token"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// An operand of a condition: a value's outermost name, or a constant (root
// nil). Two loads of one variable are one operand until it is stored to.
type operand struct {
	root ssa.Value
	path string
}

// A condition is a comparison in normal form, so that `d > 0` and `0 >= d`
// are one condition, decided once for a path.
type condition struct {
	op   string // "nil", "bool", "==", "<", or "call " and the function's name
	x, y operand
}

// plain reports whether o is a constant or a parameter itself, captured or not.
func (o operand) plain() bool {
	switch root := o.root.(type) {
	case nil:
		return true
	case *ssa.Parameter:
		return o.path == ""
	case *ssa.Alloc:
		return o.path == "*" && spilled(root) != nil
	}
	return false
}

// fixed reports whether o is no memory, or that of a parameter which is never
// assigned.
func (o operand) fixed() bool {
	path := trimLen(o.path)
	if a, ok := o.root.(*ssa.Alloc); ok && path == "*" {
		return spilled(a) != nil
	}
	return o.root == nil || path == ""
}

// fixedBefore reports whether o is the same in every turn of the loop of header:
// fixed, and nothing that the header makes anew.
func (o operand) fixedBefore(header *ssa.BasicBlock) bool {
	instr, ok := o.root.(ssa.Instruction)
	return o.fixed() && !(ok && instr.Block() == header)
}

// measured is the len or cap of o.
func (o operand) measured(by string) operand { return operand{o.root, o.path + by} }

func operandOf(v ssa.Value) operand {
	switch v := v.(type) {
	case *ssa.Const:
		return operand{nil, constantName(v)}
	case *ssa.BinOp: // go/ssa leaves -1 + 1 as it is
		if step, ok := added(v); ok {
			if k, ok := operandOf(v.X).number(); ok {
				return integer(k + step)
			}
		}
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			if n, ok := lengthOf(v.Call.Args[0]); ok {
				return integer(n)
			}
			return operandOf(v.Call.Args[0]).measured(b.Name())
		}
	}
	n := Outermost(Name{v, ""})
	return operand{n.Root, n.Path}
}

// conditionOf returns v in normal form; sense is false where v is its
// negation.
func (r *run) conditionOf(v ssa.Value) (c condition, sense bool) {
	sense = true
	for {
		not, ok := v.(*ssa.UnOp)
		if !ok || not.Op != token.NOT {
			break
		}
		v, sense = not.X, !sense
	}
	switch v := v.(type) {
	case *ssa.BinOp:
		x, y := v.X, v.Y
		if isNil(x) {
			x, y = y, x
		}
		if v.Op == token.EQL || v.Op == token.NEQ {
			equal := sense == (v.Op == token.EQL)
			if isNil(y) {
				return condition{op: "nil", x: r.got(x)}, equal
			}
			if c, ok := y.(*ssa.Const); ok && isBool(c) {
				inner, s := r.conditionOf(x)
				return inner, s == (equal == constant.BoolVal(c.Value))
			}
		}
		if c, negated, ok := comparison(v.Op, operandOf(x), operandOf(y)); ok {
			return c, sense != negated
		}
	case *ssa.Call:
		if v.Call.StaticCallee() == nil || len(v.Call.Args) > 2 {
			break
		}
		callee := Resolve(&v.Call)
		if callee.Fn == nil {
			break
		}
		if arg, path, null, ok := r.oracle.TestsNil(callee.Fn); ok && arg < len(callee.Args) {
			n := Outermost(Name{callee.Args[arg], callee.PathInCaller(path)})
			return condition{op: "nil", x: operand{n.Root, n.Path}}, sense == null
		}
		if o := r.got(v); o.root != ssa.Value(v) {
			return condition{op: "bool", x: o}, sense
		}
		if asksError(&v.Call) || r.oracle.Pure(callee.Fn) {
			c := condition{op: "call " + callee.Fn.RelString(nil)}
			if len(v.Call.Args) > 0 {
				c.x = operandOf(v.Call.Args[0])
			}
			if len(v.Call.Args) > 1 {
				c.y = operandOf(v.Call.Args[1])
			}
			return c, sense
		}
	}
	return condition{op: "bool", x: operandOf(v)}, sense
}

// got is the operand v or, where v is what a method gets from a field, that field.
//
//	if err := r.Err(); err != nil {    // r.err
func (r *run) got(v ssa.Value) operand {
	call, ok := v.(*ssa.Call)
	if !ok {
		return operandOf(v)
	}
	callee := Resolve(&call.Call)
	if callee.Fn == nil {
		return operandOf(v)
	}
	arg, path, ok := r.oracle.Gets(callee.Fn)
	if !ok || arg >= len(callee.Args) {
		return operandOf(v)
	}
	n := Outermost(Name{callee.Args[arg], path})
	return operand{n.Root, n.Path}
}

// comparison is `x op y` in normal form; negated says that it is its negation.
func comparison(op token.Token, x, y operand) (c condition, negated, ok bool) {
	switch op {
	case token.EQL, token.NEQ:
		if x.root == nil { // the constant goes last
			x, y = y, x
		}
		return condition{"==", x, y}, op == token.NEQ, true
	case token.LSS:
		return condition{"<", x, y}, false, true
	case token.GEQ: // !(x < y)
		return condition{"<", x, y}, true, true
	case token.GTR:
		return condition{"<", y, x}, false, true
	case token.LEQ: // !(y < x)
		return condition{"<", y, x}, true, true
	}
	return condition{}, false, false
}

// asksError reports whether c asks something of an error.
func asksError(c *ssa.CallCommon) bool {
	return len(c.Args) > 0 && source.IsError(c.Args[0].Type())
}

func isNil(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

func isBool(c *ssa.Const) bool {
	return c.Value != nil && c.Value.Kind() == constant.Bool
}

// correlated reports whether c is asked more than once in the function, so
// that remembering its answer can decide a later branch.
func (r *run) correlated(c condition) bool {
	if of, _, ok := c.compares(); ok && r.compared[of] > 1 && r.compared[of] <= maxCompared {
		return true
	}
	return r.conditions[c] > 1 || c.op == "nil" && r.stored[c.x]
}

func itoa(i int) string { return strconv.Itoa(i) }
