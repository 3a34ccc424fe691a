package flow

import (
	"go/token"
	"go/types"
	"iter"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Place is where a value outlives the function that stored it: a struct
// field (one for all objects of its type, by Origin) or a package-level
// variable, or an element of the container held there.
type Place struct {
	Var  *types.Var
	Elem bool
}

// Known reports whether p names a place at all.
func (p Place) Known() bool { return p.Var != nil }

// Channel reports whether p is what is queued in a channel.
func (p Place) Channel() bool {
	if !p.Elem {
		return false
	}
	_, ok := p.Var.Type().Underlying().(*types.Chan)
	return ok
}

// kind tells what a state knows to be at a name.
type kind uint8

const (
	owed    kind = iota // the value that must be released, or an alias of it
	self                // the context that the release would end
	elder               // a context that ends it when it ends itself
	above               // the release function of such a context
	product             // something that a method of the owner returned
)

// An item says that the value being followed is at a name.
type item struct {
	Name
	kind kind
	// held marks memory that outlives the function: a name that keeps the
	// value reachable after the return.
	held  bool
	given bool // it is a name that the subject began with
	back  bool // it is what a deferred call was given in an earlier turn of a loop
	place Place
	inner string          // the path from what is in place to the value
	by    ssa.Instruction // the store that first put the value into memory
	first Place           // and the place that it put it
}

// A state is what is known on one path between two instructions. It is never
// changed in place, so that paths can share parts.
type state struct {
	items   []item
	alias   []binding       // what each φ of interest stands for on this path
	facts   []fact          // conditions decided on this path
	defers  []*ssa.Defer    // pending deferred calls, oldest first
	taken   []taken         // what those in loops were given
	lostBy  ssa.Instruction // the last store or removal that took a name away
	stale   []ssa.Value     // loads of memory that has been stored to since
	waited  bool            // the path has waited for someone else's channel
	late    bool            // or for that or the end of the context
	asked   bool            // a branch depended on more than parameters
	failing bool            // the path goes on from an error
	shared  ssa.Instruction // a call or go statement that was given the context
	lent    ssa.Instruction // a call of unknown code that was given the value
	lentAs  []Reach         // the parts of what it was given
	failed  bool            // that call is known to have failed
	noRoom  ssa.Instruction // a call that had no room for the value
	full    bool            // there were more names than are remembered
	beside  bool            // a goroutine that waits for something else will release the value
	before  *ssa.BasicBlock // where control comes from, if the block's branch is another for that
}

// A taken name is one that a deferred call was given: the call has the value,
// also when the loop comes round and the name is another's.
type taken struct {
	by *ssa.Defer
	as Name // what the call was given
	at Name // where that was, until the name became another's
}

type binding struct {
	v  ssa.Value
	to Name
}

func (s *state) with(f func(*state)) *state {
	c := *s
	f(&c)
	return &c
}

// lookupAlias returns what φ v stands for.
func (s *state) lookupAlias(v ssa.Value) (Name, bool) {
	for _, b := range s.alias {
		if b.v == v {
			return b.to, true
		}
	}
	return Name{}, false
}

// names yields every name of n, innermost first: where a load is crossed, the
// name before and the name after it, and always the outermost.
func (s *state) names(n Name) iter.Seq[Name] {
	return func(yield func(Name) bool) {
		crossed := 0
		for range maxOutward {
			if len(n.Path) >= maxPath || crossed >= 8 {
				break
			}
			out, cut, ok := s.outward(n)
			if !ok {
				break
			}
			if cut {
				crossed++
				if !yield(n) {
					return
				}
			}
			n = out
		}
		yield(n)
	}
}

// outward is the function of that name on the path, where a φ stands for one value.
func (s *state) outward(n Name) (out Name, cut, ok bool) {
	if to, ok := s.lookupAlias(n.Root); ok {
		return to.step(n.Path), to.Path != "", true // if it is memory, it may be stored over
	}
	return outward(n)
}

// outermost is the last of the names of n.
func (s *state) outermost(n Name) Name {
	for name := range s.names(n) {
		n = name
	}
	return n
}

// holds reports whether exactly n is known to be of the given kind.
func (s *state) holds(k kind, n Name) bool {
	return s.has(n, func(it item) bool { return it.kind == k })
}

// has reports whether an item that f selects is at exactly n.
func (s *state) has(n Name, f func(item) bool) bool {
	if !slices.ContainsFunc(s.items, f) {
		return false
	}
	for name := range s.names(n) {
		for _, it := range s.items {
			if name.Root != it.Root || !f(it) {
				continue
			}
			if rest, ok := Covers(name.Path, it.Path); ok && rest == "" {
				return true
			}
		}
	}
	return false
}

// under returns the items found inside the value n (n itself included), each
// with its Path relative to n, without repetition.
func (s *state) under(n Name) []item {
	if len(s.items) == 0 {
		return nil
	}
	if n.Path == "" && isAddress(n.Root) {
		// The address of a field or element: what is at it.
		found := s.under(Name{n.Root, "*"})
		for i := range found {
			found[i].Path = "*" + found[i].Path
		}
		return found
	}
	var found []item
	find := func(name Name) {
		for _, it := range s.items {
			if name.Root != it.Root {
				continue
			}
			rest, ok := Covers(name.Path, it.Path)
			if !ok {
				continue
			}
			it.Name = Name{n.Root, rest}
			if !slices.ContainsFunc(found, func(f item) bool { return f.kind == it.kind && f.Path == rest }) {
				found = append(found, it)
			}
		}
	}
	var last Name
	for last = range s.names(n) {
		find(last)
	}
	if last.Path == "*" {
		// A captured parameter that is never assigned is what the caller gave.
		if a, ok := last.Root.(*ssa.Alloc); ok {
			if p := spilled(a); p != nil {
				find(Name{p, ""})
			}
		}
	}
	return found
}

// isAddress reports whether v is computed from the address of something
// larger, so that its own name does not tell where it points.
func isAddress(v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.FieldAddr, *ssa.IndexAddr:
		return true
	case *ssa.MakeInterface:
		return isAddress(v.X)
	case *ssa.ChangeType:
		return isAddress(v.X)
	}
	return false
}

// owedUnder is under, without the contexts.
func (s *state) owedUnder(n Name) []item {
	return slices.DeleteFunc(s.under(n), func(it item) bool { return it.kind != owed })
}

// maxItems bounds the names remembered on one path. Real values have under
// ten. A name that there is no room for may be the one that matters: from then
// on the state is full, and a loss of the value proves nothing.
const maxItems = 48

// manyItems is the number of names past which those that only lead around a
// cycle of objects are left out.
const manyItems = 12

// add records items.
func (s *state) add(items ...item) *state {
	fresh := slices.DeleteFunc(slices.Clone(items), func(it item) bool {
		return slices.Contains(s.items, it) || len(it.Path) >= maxPath || steps(it.Path) > maxSteps || s.roundabout(it)
	})
	if len(fresh) == 0 {
		return s
	}
	return s.with(func(c *state) {
		if room := max(0, maxItems-len(s.items)); len(fresh) > room {
			fresh, c.full = fresh[:room], true
		}
		c.items = append(slices.Clone(s.items), fresh...)
	})
}

// roundabout reports whether it leads from an object to the value by a way at
// whose end is another, shorter one from the same object: as where the object
// is stored in its own parts.
//
//	s.view = &view{s}    // s.view.s.cancel is s.cancel
func (s *state) roundabout(it item) bool {
	return len(s.items) >= manyItems && slices.ContainsFunc(s.items, func(o item) bool {
		return o.kind == it.kind && o.Root == it.Root && len(o.Path) < len(it.Path) && strings.HasSuffix(it.Path, o.Path)
	})
}

// kill forgets every item that f selects.
func (s *state) kill(f func(item) bool) *state {
	if !slices.ContainsFunc(s.items, f) {
		return s
	}
	return s.with(func(c *state) { c.items = slices.DeleteFunc(slices.Clone(s.items), f) })
}

// overwrite forgets what is inside the memory n because instr stores over it
// or removes it.
func (s *state) overwrite(n Name, instr ssa.Instruction) *state {
	names := slices.Collect(s.names(n))
	lost := false
	covered := func(at Name) bool {
		return slices.ContainsFunc(names, func(name Name) bool {
			if name.Root != at.Root {
				return false
			}
			_, ok := Covers(name.Path, at.Path)
			return ok && !looseElement(name.Path, at.Path)
		})
	}
	inside := func(at Name) bool { return covered(at) || covered(throughOnly(at)) }
	t := s.kill(func(it item) bool {
		gone := inside(it.Name)
		lost = lost || gone && it.kind == owed
		return gone
	})
	if slices.ContainsFunc(t.taken, func(k taken) bool { return inside(k.at) }) {
		t = t.with(func(c *state) {
			c.taken = slices.DeleteFunc(slices.Clone(t.taken), func(k taken) bool { return inside(k.at) })
		})
	}
	if lost {
		t = t.with(func(c *state) { c.lostBy = instr })
	}
	return t
}

// throughOnly is n with a variable that is only assigned once, in which its root is
// or from which it was loaded, in the place of which there is what it is assigned.
func throughOnly(n Name) Name {
	if load, ok := n.Root.(*ssa.UnOp); ok && load.Op == token.MUL {
		n = Name{load.X, "*" + n.Path}
	}
	if a, ok := n.Root.(*ssa.Alloc); ok && strings.HasPrefix(n.Path, "*") {
		if v := OnlyValue(a); v != nil && !madeFrom(v, a) {
			return Name{v, n.Path[1:]}
		}
	}
	return n
}

// looseElement reports whether path matches stored only because one of them
// does not say which element it means: such a store may leave the value alone.
func looseElement(stored, path string) bool {
	for stored != "" && path != "" {
		p, q := firstStep(stored), firstStep(path)
		if p == anyElement || q == anyElement && p != q {
			return p[0] == '['
		}
		stored, path = stored[len(p):], path[len(q):]
	}
	return false
}

// redefined forgets all that was known of the previous value of v.
func (s *state) redefined(v ssa.Value) *state {
	if slices.ContainsFunc(s.items, func(it item) bool { return it.Root == v && it.held }) &&
		!slices.ContainsFunc(s.items, func(it item) bool { return it.Root != v && it.held }) {
		// The object lives on in the memory that holds it, under no name
		// that is known here.
		s = s.with(func(c *state) {
			c.items = slices.Clone(s.items)
			for i, it := range c.items {
				if it.Root == v && it.held {
					c.items[i].Name = Name{nil, "kept"}
				}
			}
		})
	}
	s = s.kill(func(it item) bool { return it.Root == v }).otherKeys(v)
	if slices.ContainsFunc(s.taken, func(k taken) bool { return k.at.Root == v }) {
		s = s.with(func(c *state) {
			c.taken = slices.Clone(s.taken)
			for i, k := range c.taken {
				if k.at.Root == v {
					c.taken[i].at = Name{}
				}
			}
		})
	}
	s = s.forgetStale(func(x ssa.Value) bool { return x == v })
	if slices.ContainsFunc(s.alias, func(b binding) bool { return b.v == v || b.to.Root == v }) {
		s = s.with(func(c *state) {
			c.alias = slices.DeleteFunc(slices.Clone(s.alias), func(b binding) bool { return b.v == v || b.to.Root == v })
		})
	}
	return s.forget(func(o operand) bool { return o.root == v || keyed(o.path, v) })
}

// path adds what the path says of itself to its end.
func (s *state) path(e End) End {
	e.Failing, e.full, e.lentAs, e.NoRoom = s.failing, s.full, s.lentAs, s.noRoom
	e.late, e.Beside = s.late, s.beside
	e.Asked, e.Lent, e.LentFailed, e.Shared = s.asked, s.lent, s.failed, s.shared != nil
	return e
}

// live reports whether the value can still be reached by any name, or by a
// deferred call.
func (s *state) live() bool { return s.named() || len(s.taken) > 0 }

// named reports whether the value can still be reached by any name.
func (s *state) named() bool {
	return slices.ContainsFunc(s.items, func(it item) bool { return it.kind == owed })
}

// heldItems are the names that keep the value reachable after the return.
func (s *state) heldItems() []item {
	var held []item
	for _, it := range s.items {
		if it.kind == owed && it.held {
			held = append(held, it)
		}
	}
	return held
}
