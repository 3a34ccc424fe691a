package flow

// This file tells the elements of maps and slices apart, by their keys, and turns of
// loops by what keys are made from.

import (
	"crypto/sha256"
	"encoding/hex"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"
)

// MapCell names the element of the map m under k.
func MapCell(m, k ssa.Value) Name { return Name{m, key(k)} }

// Ranged reports whether the key k is that of the turn of a loop over some
// container, rather than one that was chosen.
func Ranged(k ssa.Value) bool { return strings.HasPrefix(plainKey(k), "[range ") }

// RangedOver is the map of which k is the key of the turn of a range, or nil.
func RangedOver(k ssa.Value) ssa.Value {
	if r := EntryOf(k); r != nil && k.(*ssa.Extract).Index == 1 {
		return r.X
	}
	return nil
}

// EntryOf is the range in whose turn v is the key, or the value, or nil.
func EntryOf(v ssa.Value) *ssa.Range {
	e, ok := v.(*ssa.Extract)
	if !ok || e.Index == 0 {
		return nil
	}
	next, ok := e.Tuple.(*ssa.Next)
	if !ok {
		return nil
	}
	r, _ := next.Iter.(*ssa.Range)
	return r
}

// SyncMapCell names the element of the sync.Map that p points to under k.
func SyncMapCell(p, k ssa.Value) Name { return Name{p, "*" + key(k)} }

// key is the step to the element under k. A key taken from a range over a map
// names the same step as the value of the same turn; one that is another in each
// turn of a loop says of which value's turn it is.
func key(k ssa.Value) string {
	step := plainKey(k)
	if _, phi := k.(*ssa.Phi); phi && counter(k) {
		return step
	}
	if _, sum := k.(*ssa.BinOp); strings.HasPrefix(step, "[range ") && !sum {
		return step
	}
	if of := turnOf(k); of != nil {
		return eachOf(of) + step[1:]
	}
	return step
}

// rangeStep is the step to the element that v, the next one of a range, or what is
// loaded from an element that is not told apart, is.
func rangeStep(v ssa.Value) string { return "[range " + register(v) + "];" }

// eachOf begins the steps under the keys of the turn of v.
func eachOf(v ssa.Value) string { return "[each " + register(v) + ":" }

// register is the name of v, which for one of a function literal is not that of
// another in the function around it.
func register(v ssa.Value) string {
	name := v.Name()
	if fn := v.Parent(); fn != nil {
		if i := strings.IndexByte(fn.Name(), '$'); i >= 0 {
			name += fn.Name()[i:]
		}
	}
	return name
}

// plainKey is key, whatever k is made from.
func plainKey(k ssa.Value) string {
	switch v := k.(type) {
	case *ssa.Const:
		return "[" + keyName(v) + "];"
	case *ssa.Extract:
		if n, ok := v.Tuple.(*ssa.Next); ok && v.Index == 1 {
			return rangeStep(n)
		}
	case *ssa.UnOp:
		// Two loads of one variable or field name one key.
		if v.Op == token.MUL {
			n := Outermost(Name{v, ""})
			if strings.Contains(n.Path, anyElement) {
				return rangeStep(v)
			}
			if n.Root != v {
				return "[" + strings.NewReplacer("[", "(", "]", ")", ";", ",").Replace(n.String()) + "];"
			}
		}
	case *ssa.MakeInterface:
		return plainKey(v.X)
	case *ssa.Convert:
		return plainKey(v.X)
	case *ssa.Call:
		if x := Measured(v); x != nil {
			of := plainKey(x)
			return "[len(" + of[1:len(of)-2] + ")];"
		}
	case *ssa.BinOp:
		x, y := plainKey(v.X), plainKey(v.Y)
		return "[" + x[1:len(x)-2] + v.Op.String() + y[1:len(y)-2] + "];"
	}
	return "[" + k.Name() + "];"
}

// turnOf is the value that is made anew whenever the key k is another one, or nil if
// what k is may come again: k itself, where it is an object, which is entered once
// as a rule; a counter, an element or the step of a range that k is made from; or
// what a function returned, by name, which makes a new one unless it was given one
// of those.
//
//	for _, n := range nodes {
//		cancels[n.Name()] = cancel    // n
func turnOf(k ssa.Value) ssa.Value {
	switch types.Unalias(k.Type()).Underlying().(type) {
	case *types.Pointer, *types.Chan:
		if load, ok := k.(*ssa.UnOp); ok && load.Op == token.MUL {
			variable := Outermost(Name{load, ""})
			a, ok := variable.Root.(*ssa.Alloc)
			if !ok || variable.Path != "*" {
				break
			}
			if k = OnlyValue(a); k == nil {
				return nil
			}
		}
		switch k.(type) {
		case *ssa.Parameter, *ssa.FreeVar, *ssa.Global, *ssa.Const, *ssa.Phi:
			return nil
		}
		return k
	}
	return new(turns).of(k)
}

// A turns looks through what a key is made from.
type turns struct {
	asked int
}

// of is the first value that is made anew in each turn which those given are, or are
// made from, or nil.
func (t *turns) of(values ...ssa.Value) ssa.Value {
	const enough = 24 // few keys are made from more
	for _, v := range values {
		if t.asked++; t.asked > enough {
			return nil
		}
		if found := t.from(v); found != nil {
			return found
		}
	}
	return nil
}

func (t *turns) from(v ssa.Value) ssa.Value {
	switch v := v.(type) {
	case *ssa.Phi:
		if counter(v) {
			return v
		}
	case *ssa.Extract:
		switch tuple := v.Tuple.(type) {
		case *ssa.Next:
			return tuple
		case *ssa.Call:
			return t.of(tuple)
		}
	case *ssa.UnOp:
		if v.Op == token.MUL {
			if a, ok := v.X.(*ssa.IndexAddr); ok && counter(a.Index) {
				return v
			}
			return t.of(v.X)
		}
	case *ssa.FreeVar:
		if b := boundTo(v); b != nil {
			return t.of(b)
		}
	case *ssa.Alloc:
		if only := OnlyValue(v); only != nil {
			return t.of(only)
		}
	case *ssa.FieldAddr:
		return t.of(v.X)
	case *ssa.Field:
		return t.of(v.X)
	case *ssa.ChangeType:
		return t.of(v.X)
	case *ssa.Convert:
		return t.of(v.X)
	case *ssa.MakeInterface:
		return t.of(v.X)
	case *ssa.BinOp:
		return t.of(v.X, v.Y)
	case *ssa.Call:
		if v.Call.IsInvoke() {
			return t.of(append([]ssa.Value{v.Call.Value}, v.Call.Args...)...)
		}
		found := t.of(v.Call.Args...)
		if _, builtin := v.Call.Value.(*ssa.Builtin); found == nil && !builtin {
			found = v
		}
		return found
	case *ssa.Slice:
		return t.of(Variadic(v)...)
	}
	return nil
}

// Variadic are the arguments of a call that s passes as one slice.
func Variadic(s *ssa.Slice) []ssa.Value {
	a, ok := s.X.(*ssa.Alloc)
	if !ok || a.Comment != "varargs" {
		return nil
	}
	var args []ssa.Value
	for _, ref := range *a.Referrers() {
		if at, ok := ref.(*ssa.IndexAddr); ok {
			for _, use := range *at.Referrers() {
				if st, ok := use.(*ssa.Store); ok && st.Addr == at {
					args = append(args, st.Val)
				}
			}
		}
	}
	return args
}

// keyName is the name of c as part of a path, which may not be long and has brackets
// and semicolons of its own: such constants are told apart by a hash.
func keyName(c *ssa.Const) string {
	name := constantName(c)
	if len(name) <= 32 && !strings.ContainsAny(name, "[];") {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:8])
}

// constantName is value:type, the same for no two constants that differ. That of
// go/ssa is for people, and cuts long strings short.
func constantName(c *ssa.Const) string {
	if c.Value == nil {
		return c.Name()
	}
	value := c.Value.ExactString()
	if t, ok := c.Type().(*types.Basic); ok {
		return value + ":" + t.Name()
	}
	return value + ":" + types.TypeString(c.Type(), nil)
}

// otherKeys forgets which element was meant where that was the one of v's turn of
// a loop: a counter, which counts on, or what a range goes over. The next turn
// has another key. Other keys may come again.
func (s *state) otherKeys(v ssa.Value) *state {
	if !slices.ContainsFunc(s.items, func(it item) bool { return strings.Contains(it.Path, "[") }) {
		return s // most paths have no such step
	}
	step := rangeStep(v)
	if counter(v) {
		step = "[" + v.Name() + "];"
	}
	return s.renamed(step).renamed(eachOf(v))
}

// afterTurn forgets which element was meant where that was the one of a turn of a
// loop that is over in block to: where the value that the key is made from is gone.
func (r *run) afterTurn(s *state, to *ssa.BasicBlock) *state {
	if to.Parent() != r.subject.Fn {
		return s
	}
	for _, it := range s.items {
		if it.given || !strings.Contains(it.Path, "[range ") && !strings.Contains(it.Path, "[each ") {
			continue
		}
		for path := it.Path; path != ""; {
			step := firstStep(path)
			path = path[len(step):]
			if of := turnIn(step); of != "" && !r.madeIn(of).Dominates(to) {
				s = s.renamed(step)
			}
		}
	}
	return s
}

// turnIn is the name of the value of the turn that the element step is told apart
// by, or "".
func turnIn(step string) string {
	of, ok := strings.CutPrefix(step, "[range ")
	if !ok {
		if of, ok = strings.CutPrefix(step, "[each "); !ok {
			return ""
		}
	}
	end := func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '$' }
	return of[:strings.IndexFunc(of, end)]
}

// renamed makes the elements under the key step ones that are not told apart.
func (s *state) renamed(step string) *state {
	// A subject that began with an element under a key to come is about that key.
	other := func(it item) bool { return !it.given && strings.Contains(it.Path, step) }
	if !slices.ContainsFunc(s.items, other) {
		return s
	}
	return s.with(func(c *state) {
		c.items = slices.Clone(s.items)
		for i, it := range c.items {
			if other(it) {
				c.items[i].Path = anyKey(it.Path, step)
			}
		}
	})
}

// rekeyed makes the elements under the keys from those under the keys to, which are
// the same, one by one.
func (s *state) rekeyed(from, to []ssa.Value) *state {
	for i, k := range from {
		old, step := key(k), key(to[i])
		if !slices.ContainsFunc(s.items, func(it item) bool { return strings.Contains(it.Path, old) }) {
			continue
		}
		s = s.with(func(c *state) {
			c.items = slices.Clone(s.items)
			for i, it := range c.items {
				c.items[i].Path = strings.ReplaceAll(it.Path, old, step)
			}
		})
	}
	return s
}

// anyKey is path with the steps that begin with step made those to any element.
func anyKey(path, step string) string {
	var b strings.Builder
	for path != "" {
		p := firstStep(path)
		path = path[len(p):]
		if strings.HasPrefix(p, step) {
			p = anyElement
		}
		b.WriteString(p)
	}
	return b.String()
}

// keyed reports whether path goes to an element under a key that v is part of, or,
// where v counts, to one that is not told apart from others: once v is another,
// so is the element.
func keyed(path string, v ssa.Value) bool {
	if !strings.Contains(path, "[") {
		return false
	}
	if strings.Contains(path, anyElement) && counter(v) {
		return true
	}
	part := func(c rune) bool { return !(c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c)) }
	return slices.Contains(strings.FieldsFunc(path, part), v.Name())
}
