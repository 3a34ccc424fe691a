package rule

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/place"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/summary"
)

// NeverReleased reports a release that is stored where nothing that could see
// it ever calls it.
var NeverReleased = &Rule{
	Name:  "neverreleased",
	Title: "the release function is stored where nothing ever calls it",
	Run: func(p *Pass) {
		for _, e := range p.Table.Firsts {
			if p.seenOutside(e) || p.Table.Released(e) {
				continue
			}
			for _, c := range e.Creations {
				if p.claimed[c.Call.Pos()] != nil || c.Outcome.Has(flow.Released) || escapedElsewhere(c, e) || p.harmless(c) {
					continue
				}
				if heldElsewhere(c, e) || c.Wrapped && c.Owner() && !p.forgotten(e) {
					continue
				}
				r := p.retention(c, false)
				pos, end := p.at(c.Call)
				never := "which nothing ever calls"
				if c.Owner() {
					never = "where nothing ever releases it"
				}
				f := Finding{
					Pos: pos, End: end, Severity: r.Severity,
					Message: what(c) + " is kept in " + placeName(e.Place) + ", " + never + ": " + r.Tail,
					Keeps:   retain.Keeps{Holder: placeName(e.Place)},
					Fixes:   p.fixNeverReleased(e),
				}
				f.Related = append(f.Related, related(e.Var.Pos(), "the only place that keeps it"))
				p.report(f, c)
			}
		}
	},
}

// forgotten reports whether an owner kept in e, which nothing releases, is one
// that should be: the struct it is a field of has a release for another of
// its fields. An owner alone in its struct may well live as long as the
// process.
func (p *Pass) forgotten(e *place.Entry) bool {
	if _, isStruct := e.Var.Type().Underlying().(*types.Struct); isStruct {
		return false // its own fields tell
	}
	if p.Everything {
		return true
	}
	for _, other := range p.Table.Firsts {
		if other != e && sameStruct(p.Pkg, e.Var, other.Var) && p.Table.Released(other) {
			return true
		}
	}
	return false
}

// sameStruct reports whether a and b are fields of one struct type of pkg.
func sameStruct(pkg *types.Package, a, b *types.Var) bool {
	scope := pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		hasA, hasB := false, false
		for i := range st.NumFields() {
			f := st.Field(i).Origin()
			hasA, hasB = hasA || f == a, hasB || f == b
		}
		if hasA && hasB {
			return true
		}
	}
	return false
}

// seenOutside reports whether code of other packages could reach the place:
// it is exported, in a package that can be imported.
func (p *Pass) seenOutside(e *place.Entry) bool {
	return e.Var.Exported() && p.Pkg.Name() != "main" && !p.unreachableType(e.Var)
}

// unreachableType reports whether field v belongs to an unexported type that
// no exported function, variable or type mentions: then no other package has
// a value to select it from.
func (p *Pass) unreachableType(v *types.Var) bool {
	if !v.IsField() {
		return false
	}
	scope := p.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if !ok {
			continue
		}
		for i := range st.NumFields() {
			if st.Field(i).Origin() == v {
				return !tn.Exported() && !mentioned(p.Pkg, tn)
			}
		}
	}
	return false
}

// mentioned reports whether an exported object's type mentions tn.
func mentioned(pkg *types.Package, tn *types.TypeName) bool {
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		if mentions(obj.Type(), tn, 0) {
			return true
		}
		if n, ok := obj.Type().(*types.Named); ok {
			for i := range n.NumMethods() {
				if m := n.Method(i); m.Exported() && mentions(m.Type(), tn, 0) {
					return true
				}
			}
		}
	}
	return false
}

func mentions(t types.Type, tn *types.TypeName, depth int) bool {
	if depth > 6 {
		return false
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if t.Obj() == tn {
			return true
		}
		if depth == 0 || t.Obj().Exported() {
			return mentions(t.Underlying(), tn, depth+2)
		}
	case *types.Pointer:
		return mentions(t.Elem(), tn, depth+1)
	case *types.Slice:
		return mentions(t.Elem(), tn, depth+1)
	case *types.Array:
		return mentions(t.Elem(), tn, depth+1)
	case *types.Chan:
		return mentions(t.Elem(), tn, depth+1)
	case *types.Map:
		return mentions(t.Elem(), tn, depth+1) || mentions(t.Key(), tn, depth+1)
	case *types.Signature:
		for i := range t.Params().Len() {
			if mentions(t.Params().At(i).Type(), tn, depth+1) {
				return true
			}
		}
		for i := range t.Results().Len() {
			if mentions(t.Results().At(i).Type(), tn, depth+1) {
				return true
			}
		}
	case *types.Struct:
		for i := range t.NumFields() {
			if t.Field(i).Exported() && mentions(t.Field(i).Type(), tn, depth+1) {
				return true
			}
		}
	}
	return false
}

// escapedElsewhere reports whether some path hands c to code that is not known
// otherwise than inside an object that has the place e: of an unexported field,
// whoever gets the object, only this package can call what is in it.
func escapedElsewhere(c *summary.Creation, e *place.Entry) bool {
	onlyThere := !c.Owner() && onlyStored(c, e)
	return slices.ContainsFunc(c.Outcome.Ends, func(end flow.End) bool {
		return end.Kind == flow.Escaped && (!onlyThere || len(end.Names) == 0 || e.Elem || !e.Var.IsField() ||
			slices.ContainsFunc(end.Names, func(n flow.Reach) bool { return n.First != e.Place }))
	})
}

// onlyStored reports whether nothing is done with the function that c made but
// to store it in e.
func onlyStored(c *summary.Creation, e *place.Entry) bool {
	for _, ref := range *c.Call.Referrers() {
		x, ok := ref.(*ssa.Extract)
		if !ok || x.Index != c.Result.Index {
			continue
		}
		for _, use := range *x.Referrers() {
			if st, ok := use.(*ssa.Store); !ok || flow.PlaceOf(st.Addr, false) != e.Place {
				return false
			}
		}
		return true
	}
	return false
}

// heldElsewhere reports whether some path keeps c in another place than e, or
// returns it as a function: that one may release it.
func heldElsewhere(c *summary.Creation, e *place.Entry) bool {
	for _, end := range c.Outcome.Ends {
		for _, n := range end.Names {
			if n.First != e.Place {
				return true
			}
		}
		if end.Kind == flow.Returned || end.Kind == flow.Held {
			for _, r := range end.Results {
				if r.Path == "" {
					return true
				}
			}
		}
	}
	return false
}

// placeName is how the reader knows a place.
func placeName(p flow.Place) string {
	name := "the field " + p.Var.Name()
	if !p.Var.IsField() {
		name = "the variable " + p.Var.Name()
	}
	if p.Elem {
		return "an element of " + name
	}
	return name
}
