// Package fact is what the analysis of one package tells those that import
// it: for a function, the obligations that its results carry, what becomes of
// an obligation passed to it, and whether it returns at all.
//
// A Func is plain data: no types.Object, no position, sorted slices, so that
// equal packages have equal bytes (wire.go). Absence of a fact means "unknown", never
// "harmless": what a function without a fact is given counts as taken over.
package fact

import (
	"fmt"
	"strings"
)

// A Func is the fact about one function, attached to its origin.
type Func struct {
	NoReturn bool     // it never returns
	Derives  int      // 1 + the parameter from which its context result is always derived anew, or 0
	DoneWith int      // 1 + the parameter that its context result is done just when it is, or 0
	Results  []Result // obligations that its results carry
	Params   []Param  // what it does with obligations passed to it
}

// AFact marks Func as a fact.
func (*Func) AFact() {}

// Empty reports whether f says nothing.
func (f *Func) Empty() bool {
	return !f.NoReturn && f.Derives == 0 && f.DoneWith == 0 && len(f.Results) == 0 && len(f.Params) == 0
}

// A Result is an obligation that a result carries.
type Result struct {
	Index   int
	Path    string   // how the value is reached from the result; "" for a function to be called
	Methods []string // the methods that release it or take it over, where the result is an owner
	Ends    []string // those of Methods that release it only where they report its natural end, by an error or by false
	Ctx     int      // the result that is the context it ends, or -1
	CtxPath string   // how that context is reached from the result Index, if it is inside it, else ""
	Group   int      // those of one group, if it is not 0, are one obligation: to meet it by one is enough
	Failure int      // 1 + the result, of a type that need not be error, that is nil wherever the obligation exists, or 0
	OK      int      // 1 + the boolean result that is true just where the obligation exists, or 0
	Sign    string   // how an error or boolean is reached from the result Index that is set just where the obligation exists, or ""
	Unset   bool     // it is nil or false there, and set elsewhere
	Parent  int      // the parameter from which that context is derived, or -1
	Holder  int      // 1 + the parameter that holds the context from which it is derived, or 0
	Held    string   // how that is reached from it
	Life    Life     // what ends the context if nobody releases it
	Limit   string   // its timeout, where it is a constant
	Source  string   // the call that creates it: "context.WithTimeout"
	Idle    bool     // its maker gives the context to nobody
	Local   bool     // only its package can get at the value to release it
	Stop    bool     // it unregisters a callback rather than ending a context
}

// A Life says what ends a context that nobody cancels.
type Life int

const (
	UntilParent Life = iota // its parent
	UntilTimer              // its timeout or deadline
	Forever                 // nothing: the parent never ends
	UntilHolder             // its parent, which a field or global keeps
)

// A Param is what a function does with an obligation inside an argument.
type Param struct {
	Arg      int  // the receiver counts
	Releases bool // on some path
	Leaves   bool // on some path it neither releases nor keeps it
	Returns  []int
}

// String is what a test expects: `owes result 1 (context.WithTimeout)`.
func (f *Func) String() string {
	var parts []string
	if f.NoReturn {
		parts = append(parts, "never returns")
	}
	if f.Derives > 0 {
		parts = append(parts, fmt.Sprintf("derives from parameter %d", f.Derives-1))
	}
	if f.DoneWith > 0 {
		parts = append(parts, fmt.Sprintf("done with parameter %d", f.DoneWith-1))
	}
	for _, r := range f.Results {
		p := fmt.Sprintf("owes result %d (%s)", r.Index, r.Source)
		if len(r.Methods) > 0 {
			p += " until " + strings.Join(r.Methods, " or ")
		}
		parts = append(parts, p)
	}
	for _, p := range f.Params {
		verb := ""
		switch {
		case p.Releases && !p.Leaves:
			verb = "releases"
		case p.Releases:
			verb = "may release"
		case len(p.Returns) > 0:
			verb = "returns"
		default:
			verb = "ignores"
		}
		parts = append(parts, fmt.Sprintf("%s argument %d", verb, p.Arg))
	}
	return strings.Join(parts, "; ")
}
