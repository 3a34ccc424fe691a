package flow

// This file says what a call calls, and how names translate across the call.

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Callee is what a call is known to call.
type Callee struct {
	Fn      *ssa.Function    // nil if unknown
	Obj     *types.Func      // nil for function literals
	Args    []ssa.Value      // receiver first, for methods
	Closure *ssa.MakeClosure // of a function literal with captured variables
	Literal bool             // a function literal
}

// Resolve finds the callee of c: a static one, a function literal or method
// value, or one kept in a variable that is assigned once.
func Resolve(c *ssa.CallCommon) Callee {
	if c.IsInvoke() {
		return Callee{Obj: c.Method, Args: c.Args}
	}
	return resolveValue(c.Value, c.Args, 0)
}

func resolveValue(v ssa.Value, args []ssa.Value, depth int) Callee {
	switch v := v.(type) {
	case *ssa.Function:
		return ofFunction(v, args)
	case *ssa.MakeClosure:
		fn := v.Fn.(*ssa.Function)
		if obj, ok := fn.Object().(*types.Func); ok { // a bound method
			return Callee{Fn: target(fn), Obj: obj, Args: append([]ssa.Value{v.Bindings[0]}, args...)}
		}
		return Callee{Fn: fn, Args: args, Closure: v, Literal: true}
	case *ssa.ChangeType:
		return resolveValue(v.X, args, depth)
	case *ssa.UnOp:
		if val := assignedOnce(v); val != nil && depth < 3 {
			return resolveValue(val, args, depth+1)
		}
	case *ssa.FreeVar:
		if n := Outermost(Name{v, ""}); n.Path == "" && n.Root != v && depth < 3 {
			return resolveValue(n.Root, args, depth+1)
		}
	}
	return Callee{Args: args}
}

func ofFunction(fn *ssa.Function, args []ssa.Value) Callee {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	obj, _ := fn.Object().(*types.Func)
	return Callee{Fn: fn, Obj: obj, Args: args, Literal: fn.Parent() != nil}
}

// target returns the method that the wrapper of a method value calls, or the
// wrapper itself.
func target(wrapper *ssa.Function) *ssa.Function {
	for _, b := range wrapper.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(*ssa.Call); ok {
				if f := call.Call.StaticCallee(); f != nil {
					return ofFunction(f, nil).Fn
				}
			}
		}
	}
	return nil
}

// assignedOnce returns the only value ever stored in the variable that load
// reads, or nil.
func assignedOnce(load *ssa.UnOp) ssa.Value {
	n := Outermost(Name{load.X, "*"})
	var only ssa.Value
	if n.Path != "*" || n.Root.Referrers() == nil {
		return nil
	}
	for _, ref := range *n.Root.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != n.Root || only != nil {
				return nil
			}
			only = ref.Val
		case *ssa.MakeClosure:
			if storesTo(ref.Fn.(*ssa.Function), n.Root) {
				return nil
			}
		}
	}
	return only
}

func storesTo(fn *ssa.Function, variable ssa.Value) bool {
	return slices.ContainsFunc(storesIn(fn), func(st *ssa.Store) bool {
		return Outermost(Name{st.Addr, "*"}) == Name{variable, "*"}
	})
}

// ResultPath is the path from call to its result i.
func ResultPath(call *ssa.Call, i int) string {
	if call.Call.Signature().Results().Len() == 1 {
		return ""
	}
	return "#" + itoa(i) + ";"
}

// ResultOf is result i of call, or nil if nothing uses it.
func ResultOf(call *ssa.Call, i int) ssa.Value {
	if call.Call.Signature().Results().Len() == 1 {
		return call
	}
	if x := extracted(call, i); x != nil {
		return x
	}
	return nil
}

// extracted is the part i of tuple, or nil if nothing uses it.
func extracted(tuple ssa.Value, i int) *ssa.Extract {
	for _, ref := range referrers(tuple) {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == i {
			return x
		}
	}
	return nil
}

// translate rewrites the keys in a path for the callee: a key that is one of
// the arguments is its parameter there, any other is not told apart.
func (c Callee) translate(path string) string {
	var b strings.Builder
	for path != "" {
		s := firstStep(path)
		path = path[len(s):]
		if s[0] == '[' {
			s = c.parameterKey(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

// PathInCaller rewrites the keys in a path of the callee for the caller.
func (c Callee) PathInCaller(path string) string {
	var b strings.Builder
	for path != "" {
		s := firstStep(path)
		path = path[len(s):]
		if s[0] == '[' {
			s = c.argumentKey(s)
		}
		b.WriteString(s)
	}
	return b.String()
}

func (c Callee) argumentKey(step string) string {
	for i, p := range c.Fn.Params {
		if i < len(c.Args) && key(p) == step {
			return key(c.Args[i])
		}
	}
	return anyElement
}

func (c Callee) parameterKey(step string) string {
	for i, arg := range c.Args {
		if i < len(c.Fn.Params) && key(arg) == step {
			return key(c.Fn.Params[i])
		}
	}
	return anyElement
}

// Captures returns what the function value f has captured: the receiver of a
// method value, or the variables of a literal, by their outermost names. The
// variable of a captured parameter is the parameter.
func Captures(f ssa.Value) []Name {
	for {
		c, ok := f.(*ssa.ChangeType)
		if !ok {
			break
		}
		f = c.X
	}
	mc, ok := f.(*ssa.MakeClosure)
	if !ok {
		return nil
	}
	var all []Name
	for _, b := range mc.Bindings {
		n := Outermost(Name{b, ""})
		if a, ok := n.Root.(*ssa.Alloc); ok {
			if p := spilled(a); p != nil {
				n = Name{p, ""}
			}
		}
		all = append(all, n)
	}
	return all
}

// MadeAt is the instruction that makes the function literal fn, or nil.
func MadeAt(fn *ssa.Function) *ssa.MakeClosure {
	if fn.Parent() == nil || fn.Referrers() == nil {
		return nil
	}
	for _, ref := range *fn.Referrers() {
		if mc, ok := ref.(*ssa.MakeClosure); ok && mc.Fn == fn {
			return mc
		}
	}
	return nil
}
