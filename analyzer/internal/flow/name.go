package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A Name says where a value is to be found: start at the SSA value Root and
// follow Path. These are the steps of a path:
//
//   - "*": what the pointer points to
//   - ".2;": field 2 of the struct
//   - "[k];": the element under the key k; "[];" is any element
//   - "#1;": result 1 of the call
//
// so that for `s.cancel`, s being a pointer, the stored function is Name{s,
// "*.1;"}. A Name is comparable.
type Name struct {
	Root ssa.Value
	Path string
}

func (n Name) step(path string) Name { return Name{n.Root, n.Path + path} }

func (n Name) String() string {
	if n.Root == nil {
		return "?" + n.Path
	}
	return n.Root.Name() + n.Path
}

// maxPath bounds the length of a path in bytes. Only recursive types reach
// it; a longer one is not remembered.
const maxPath = 96

// maxOutward bounds the steps outward from a value: a variable may be assigned
// what was made from itself.
const maxOutward = 64

// maxSteps bounds the steps of a path that is remembered. Eight is an object
// in an object in a map in an object; what recursion builds beyond is the
// same again.
const maxSteps = 8

func steps(path string) int {
	n := 0
	for path != "" {
		path = path[len(firstStep(path)):]
		n++
	}
	return n
}

func field(i int) string {
	if i < len(fields) {
		return fields[i]
	}
	return "." + strconv.Itoa(i) + ";"
}

// fields are the steps to the first fields of a struct: most have no more.
var fields = func() (steps [64]string) {
	for i := range steps {
		steps[i] = "." + strconv.Itoa(i) + ";"
	}
	return steps
}()

// anyElement is the step to an element that is not told apart from others.
const anyElement = "[];"

// outward rewrites the name of a value one step towards the memory it was
// taken from. ok is false at a root. cut says that the step crosses a load:
// the two names part company once the memory is stored over.
func outward(n Name) (out Name, cut, ok bool) {
	switch v := n.Root.(type) {
	case *ssa.FieldAddr:
		if rest, is := strings.CutPrefix(n.Path, "*"); is {
			return Name{v.X, "*" + field(v.Field) + rest}, false, true
		}
	case *ssa.IndexAddr:
		if rest, is := strings.CutPrefix(n.Path, "*"); is {
			if _, slice := v.X.Type().Underlying().(*types.Slice); slice {
				return Name{v.X, element(v.Index) + rest}, false, true
			}
			return Name{v.X, "*" + element(v.Index) + rest}, false, true
		}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			return Name{v.X, "*" + n.Path}, true, true
		}
	case *ssa.Field:
		return Name{v.X, field(v.Field) + n.Path}, false, true
	case *ssa.Index:
		return Name{v.X, element(v.Index) + n.Path}, false, true
	case *ssa.Lookup:
		if !v.CommaOk {
			return Name{v.X, key(v.Index) + n.Path}, true, true
		}
	case *ssa.Extract:
		switch t := v.Tuple.(type) {
		case *ssa.Lookup:
			if v.Index == 0 {
				return Name{t.X, key(t.Index) + n.Path}, true, true
			}
		case *ssa.TypeAssert:
			if v.Index == 0 {
				return Name{t.X, n.Path}, false, true
			}
		case *ssa.Next:
			if r, is := t.Iter.(*ssa.Range); is && v.Index == 2 {
				return Name{r.X, rangeStep(t) + n.Path}, true, true
			}
		case *ssa.Call:
			return Name{t, "#" + strconv.Itoa(v.Index) + ";" + n.Path}, false, true
		}
	case *ssa.Alloc:
		// The memory of a parameter that is captured or whose address is
		// taken: what it points to is the caller's.
		if rest, is := strings.CutPrefix(n.Path, "*"); is && strings.ContainsAny(rest, "*[") {
			if p := spilled(v); p != nil {
				return Name{p, rest}, false, true
			}
			// A variable that is assigned once leads where its value does.
			if rest[0] == '*' || rest[0] == '[' {
				if only := OnlyValue(v); only != nil && !madeFrom(only, v) {
					return Name{only, rest}, false, true
				}
			}
		}
	case *ssa.FreeVar:
		// A function literal is made in one place.
		if b := boundTo(v); b != nil {
			return Name{b, n.Path}, false, true
		}
	case *ssa.ChangeType:
		return Name{v.X, n.Path}, false, true
	case *ssa.Convert:
		return Name{v.X, n.Path}, false, true
	case *ssa.MakeInterface:
		return Name{v.X, n.Path}, false, true
	case *ssa.ChangeInterface:
		return Name{v.X, n.Path}, false, true
	case *ssa.TypeAssert:
		if !v.CommaOk {
			return Name{v.X, n.Path}, false, true
		}
	case *ssa.Slice:
		if EmptySlice(v) {
			break
		}
		if _, ptr := v.X.Type().Underlying().(*types.Pointer); ptr {
			return Name{v.X, "*" + n.Path}, false, true
		}
		return Name{v.X, n.Path}, false, true
	case *ssa.Call:
		// context.WithValue's result is done when its argument is.
		if f := v.Call.StaticCallee(); f != nil && f.Object() != nil && n.Path == "" {
			if obj, is := f.Object().(*types.Func); is {
				if _, same := source.Derives(obj); same {
					return Name{v.Call.Args[0], n.Path}, false, true
				}
			}
		}
	}
	return n, false, false
}

// maxReferrers bounds the uses of a variable that are looked at to learn what
// it is assigned: only generated code has more.
const maxReferrers = 256

// spilled returns the parameter that a is the memory of, or nil.
func spilled(a *ssa.Alloc) *ssa.Parameter {
	if len(*a.Referrers()) > maxReferrers {
		return nil
	}
	var param *ssa.Parameter
	for _, ref := range *a.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == a {
			p, is := st.Val.(*ssa.Parameter)
			if !is {
				return nil
			}
			param = p
		}
	}
	return param
}

// Captured names the variables that hold what n names and nothing else ever, so
// that function literals find it there.
func Captured(n Name) []Name {
	var all []Name
	for _, ref := range referrers(n.Root) {
		e, ok := ref.(*ssa.Extract)
		if !ok || Outermost(Name{e, ""}) != n {
			continue
		}
		for _, use := range referrers(e) {
			if st, ok := use.(*ssa.Store); ok && st.Val == e {
				if a, ok := st.Addr.(*ssa.Alloc); ok && OnlyValue(a) == e {
					all = append(all, Name{a, "*"})
				}
			}
		}
	}
	return all
}

// OnlyValue returns the only value that the variable at addr, captured or
// not, is ever assigned, or nil.
func OnlyValue(addr ssa.Value) ssa.Value {
	if len(*addr.Referrers()) > maxReferrers {
		return nil
	}
	var only ssa.Value
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr != addr || only != nil {
				return nil
			}
			only = ref.Val
		case *ssa.MakeClosure:
			fn := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if b == addr && i < len(fn.FreeVars) && assigned(fn.FreeVars[i]) {
					return nil
				}
			}
		}
	}
	return only
}

// madeFrom reports whether v is made from what the variable at addr holds, as
// in x = x[1:].
func madeFrom(v, addr ssa.Value) bool {
	for range maxSteps {
		if v == addr {
			return true
		}
		instr, ok := v.(ssa.Instruction)
		if !ok {
			return false
		}
		ops := instr.Operands(nil)
		if _, call := v.(*ssa.Call); call || len(ops) == 0 || *ops[0] == nil {
			// A call that is given the variable's content may return it.
			for _, op := range ops {
				if load, ok := (*op).(*ssa.UnOp); ok && load.X == addr {
					return true
				}
			}
			return false
		}
		v = *ops[0]
	}
	return true
}

// assigned reports whether a function literal, or one inside it, assigns the
// captured variable v.
func assigned(v *ssa.FreeVar) bool {
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v {
				return true
			}
		case *ssa.MakeClosure:
			fn := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if b == v && i < len(fn.FreeVars) && assigned(fn.FreeVars[i]) {
					return true
				}
			}
		}
	}
	return false
}

// element is the step to the element of a slice or array at index i. The
// elements that a counting loop goes through are not told apart.
func element(i ssa.Value) string {
	if counter(i) {
		return anyElement
	}
	return key(i)
}

// boundTo returns what the captured variable v is in the function around it,
// or nil where v belongs to the wrapper of a method value, which many places
// may make.
func boundTo(v *ssa.FreeVar) ssa.Value {
	fn := v.Parent()
	if mc := MadeAt(fn); mc != nil {
		return mc.Bindings[slices.Index(fn.FreeVars, v)]
	}
	return nil
}

// RemovedElement is the step to the element that the slice v lacks of the one it
// is made from: x[1:], x[:len(x)-1], append(x[:i], x[i+1:]...), or slices.Delete(x,
// i, i+1). It is empty where v lacks none, or it is not known which.
func RemovedElement(v ssa.Value) string {
	if s, ok := v.(*ssa.Slice); ok && s.High == nil {
		if c, ok := s.Low.(*ssa.Const); ok && c.Int64() == 1 {
			return "[0:int];"
		}
	}
	if i := RemovedIndex(v); i != nil {
		return key(i)
	}
	return ""
}

// RemovedIndex is the index of RemovedElement, or nil where that is the first, or none.
func RemovedIndex(v ssa.Value) ssa.Value {
	var i ssa.Value
	var after ssa.Value // where the rest begins
	switch v := v.(type) {
	case *ssa.Slice:
		if v.Low == nil && IsLast(v.High, v.X) {
			return v.High
		}
	case *ssa.Call:
		args := v.Call.Args
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
			head, ok1 := args[0].(*ssa.Slice)
			tail, ok2 := args[1].(*ssa.Slice)
			if ok1 && ok2 {
				i, after = head.High, tail.Low
			}
		} else if source.FullName(Resolve(&v.Call).Obj) == "slices.Delete" {
			i, after = args[1], args[2]
		}
	}
	if next, ok := after.(*ssa.BinOp); ok && i != nil && next.X == i {
		return i
	}
	return nil
}

// IsLast reports whether i is the index of the last element of x.
func IsLast(i, x ssa.Value) bool {
	sub, ok := i.(*ssa.BinOp)
	if !ok || sub.Op != token.SUB {
		return false
	}
	one, ok := sub.Y.(*ssa.Const)
	if !ok || one.Value == nil || one.Int64() != 1 {
		return false
	}
	of := Measured(sub.X)
	return of != nil && Outermost(Name{of, ""}) == Outermost(Name{x, ""})
}

// Measured is that of which v is the length, or nil.
func Measured(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "len" {
		return nil
	}
	return call.Call.Args[0]
}

// EmptySlice reports whether v is x[:0], which keeps no element.
func EmptySlice(v *ssa.Slice) bool {
	c, ok := v.High.(*ssa.Const)
	return ok && c.Value != nil && constant.Sign(c.Value) == 0 && c.Int64() == 0
}

// Outermost follows n outward to its last name: a parameter, an allocation, a
// global, a call, or another value that was not loaded from anywhere.
func Outermost(n Name) Name {
	for range maxOutward {
		if len(n.Path) >= maxPath {
			break
		}
		out, _, ok := outward(n)
		if !ok {
			break
		}
		n = out
	}
	return n
}

// Distinct is Outermost, but stops at a value that was loaded from an element
// not told apart from others, or at the address of one, which is one object all the
// same.
func Distinct(n Name) Name {
	for range maxOutward {
		if len(n.Path) >= maxPath {
			break
		}
		out, cut, ok := outward(n)
		if !ok || loose(out.Path, n.Path) {
			break
		}
		if address, _, ok := outward(out); cut && ok && loose(address.Path, out.Path) {
			break
		}
		n = out
	}
	return n
}

// loose reports whether path has more steps to any element than inner, to which it
// leads.
func loose(path, inner string) bool {
	return strings.Count(path, anyElement) > strings.Count(inner, anyElement)
}

// Covers reports whether prefix is a prefix of path, step by step, where []
// matches any element, and returns what is left of path.
func Covers(prefix, path string) (rest string, ok bool) {
	for prefix != "" {
		if path == "" {
			return "", false
		}
		p, q := firstStep(prefix), firstStep(path)
		if p != q && !(p[0] == '[' && q[0] == '[' && (p == anyElement || q == anyElement)) {
			return "", false
		}
		prefix, path = prefix[len(p):], path[len(q):]
	}
	return path, true
}

// Nested is the number of containers around the one of which n is an element.
func Nested(n Name) int {
	around := -1
	for path := n.Path; path != ""; path = path[len(firstStep(path)):] {
		if path[0] == '[' {
			around++
		} else {
			around = -1
		}
	}
	return max(around, 0)
}

// firstStep is the step that path, which is not empty, begins with. The pseudo-steps
// len and cap of operands end nowhere.
func firstStep(path string) string {
	if path[0] == '*' {
		return "*"
	}
	step, _, whole := strings.Cut(path, ";")
	if !whole {
		return path
	}
	return path[:len(step)+1]
}
