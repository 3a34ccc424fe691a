package flow

// This file has the questions and the answers: what is followed, what becomes of it,
// and what has to be known of the code around it.

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// An EndKind says how a path ends for the value.
type EndKind int

const (
	// Released: it is called, or its release method is.
	Released EndKind = iota
	// Lost: nothing names it any more, and it was not released.
	Lost
	// Held: the function returns, and memory that outlives it names it.
	Held
	// Returned: a result names it.
	Returned
	// Escaped: code that is not known took it over.
	Escaped
	// Settled: there is nothing to release: the context is done, or a guard
	// says that there is no value.
	Settled
	// Unchanged: the function returns and the value is where it came from.
	Unchanged
)

// An End is one way in which a path ends.
type End struct {
	Kind EndKind
	At   ssa.Instruction // where the path ends
	By   ssa.Instruction // the last store or removal that took a name away, if any
	// Asked: the path depends on more than the plain parameters of the
	// function: on memory, or on what a call returned.
	Asked bool
	// Failing: the path goes on from an error that is not nil.
	Failing bool
	// Shared: the context was given to a call that did not fail, or to a
	// goroutine: something may wait for it.
	Shared bool
	// Lent is a call of unknown code that was given the value on the way,
	// and LentFailed says that the path goes on from its failure.
	Lent       ssa.Instruction
	LentFailed bool
	// Defer is the deferred call that releases, if one does.
	Defer *ssa.Defer
	// Waited: the release waits, in a goroutine, for a channel that is
	// someone else's.
	Waited bool
	// Beside: a goroutine has been started that will release the value once a
	// channel delivers that is someone else's.
	Beside bool
	// NoRoom is a call on the way that would have kept the value, had there been
	// room for it.
	NoRoom ssa.Instruction
	// Names keep the value reachable after the return, for Held; for
	// Returned, they are the fields of what is returned that hold it; for
	// Escaped, the parts of what is handed over that lead to it.
	Names []Reach
	// Results are the results that name the value, for Returned.
	Results []Result
	// Contexts are the results that are, or have inside them, the context
	// that the release ends.
	Contexts []Result
	// True and False are the boolean results known to be so.
	True, False []int
	// Nil are the results known to be nil.
	Nil []int
	// Failed: the function's error result is known to be set here.
	// Succeeded: it is known to be nil.
	Failed, Succeeded bool

	above  bool    // settled, since a context above it is ended
	full   bool    // the value may have a name that was not remembered
	late   bool    // the release waits for someone else's channel, unless the context ends before
	lentAs []Reach // the parts of what was lent
}

// HeldIn reports whether the value is left in place.
func (e End) HeldIn(place Place) bool {
	return e.Kind == Held && slices.ContainsFunc(e.Names, func(n Reach) bool { return n.Place == place })
}

// Paired reports whether the function gives its caller the context together with a
// function that ends it, as context.WithCancel does.
func (e End) Paired() bool {
	whole := func(r Result) bool { return r.Path == "" }
	if !slices.ContainsFunc(e.Contexts, whole) || len(e.Results) != 1 || !whole(e.Results[0]) {
		return false
	}
	_, isFunc := e.Results[0].Value.Type().Underlying().(*types.Signature)
	return isFunc
}

// A Reach is a name that keeps the value reachable after the return.
type Reach struct {
	Name
	Place Place
	Inner string          // the path from what is in Place to the value
	By    ssa.Instruction // the store that first put the value into memory
	First Place           // and the place that it put it
}

// A Result says that a result of the function names the value by Path.
type Result struct {
	Index int
	Path  string
	Value ssa.Value
}

// A Start is a name of the value where the subject begins.
type Start struct {
	Name
	Context bool // it is the context that the release ends
	Elder   bool // it is a context whose end ends that one as well
	Above   bool // it is the release function of such a context
	Held    bool // it is memory that outlives the function
	Place   Place
}

// A Subject is a value to follow.
type Subject struct {
	Fn      *ssa.Function
	After   ssa.Instruction // follow from here; nil: from the entry
	Names   []Start
	Methods []string // the methods that release it, where it is an owner
	// Ends are those of Methods that release it at its natural end only, and
	// report that by an error, or by false.
	Ends []string
	// Error is the error result paired with the creation: it is nil where
	// the value exists.
	Error ssa.Value
	// OK is the boolean result paired with it: true where the value exists.
	OK ssa.Value
	// Sign, if its Root is set, is an error or a boolean that is unset (nil, or
	// false) where the value exists, if Unset is true, and else set.
	Sign  Name
	Unset bool
	// Base, if its Root is set, is the object in whose memory an old value
	// is looked for, so that tests of its other fields count as guards.
	Base Name
	// Place is where that old value is.
	Place Place
	// Timer says that the context has a deadline.
	Timer bool
	// Passing says that the value is only passed around (a context, not a
	// release): calls do not take it over, and what derives from it counts.
	Passing bool
	// Verdict says that the boolean which Fn returns decides about the value: a
	// return may be of both, each on its own conditions.
	Verdict bool
	// Ignore is a call that is taken to have no effect.
	Ignore ssa.Instruction
	// Watch is told of every instruction reached with the value alive.
	Watch func(ssa.Instruction) (stop bool)

	inner bool // a question that following another subject raised
}

// An Outcome is all that may become of a subject.
type Outcome struct {
	Ends     []End
	Overflow string // why the subject was given up, so that Ends are incomplete; or ""
	// Looped are the deferred calls of function literals, in loops, that would
	// release the value.
	Looped []*ssa.Defer
}

// Has reports whether some path ends in one of kinds.
func (o *Outcome) Has(kinds ...EndKind) bool {
	return slices.ContainsFunc(o.Ends, func(e End) bool { return slices.Contains(kinds, e.Kind) })
}

// An Effect is what a call does to the value inside one of its arguments.
type Effect struct {
	Released  bool // some path releases it
	Unchanged bool // some path leaves it where it was
	Escaped   bool // some path hands it to code that is not known
	Forgets   bool // whether it does depends on its plain arguments alone, or on an error
	OnFailure bool // it releases where its error result is set, and only there
	OnSuccess bool // it leaves it where it was where its error result is set, and only there
	Reports   bool // it releases where its last result is an error, or false, and only there
	Dropped   bool // every path takes the name away without releasing
	Waited    bool // every release waits for someone else's channel
	Held      []HeldBy
	Returned  []Result

	OnlyIfRoom bool // it is held, or sent, only where there is room for it, and nobody is told
}

// LeavesAlone reports whether the call does nothing but leave the value where it was.
func (e *Effect) LeavesAlone() bool {
	return e.Unchanged && !e.Released && !e.Escaped && !e.Dropped && !e.OnlyIfRoom && len(e.Held) == 0 && len(e.Returned) == 0
}

// HeldBy says where a callee keeps what it was given: inside the argument
// Arg (or, if Arg < 0, elsewhere) by Path.
type HeldBy struct {
	Arg    int
	Global *ssa.Global
	Path   string
	Place  Place
	Inner  string
	First  Place
	By     ssa.Instruction
}

// An Oracle answers for what lies outside the function.
type Oracle interface {
	// Effect of calling fn on the value found by path in argument arg. nil: unknown.
	Effect(fn *ssa.Function, arg int, path string, methods []string) *Effect
	// Surveys are those of the functions that have been explored.
	Surveys() *Surveys
	// DoneWith is 1 + the parameter of fn that is done just when the context is
	// that fn returns, or 0.
	DoneWith(fn *ssa.Function) int
	// NoReturn reports whether fn never returns.
	NoReturn(fn *ssa.Function) bool
	// Pure reports whether equal calls of fn, nearby, have equal results.
	Pure(fn *ssa.Function) bool
	// Gets reports whether fn only returns what path leads to in argument arg.
	Gets(fn *ssa.Function) (arg int, path string, ok bool)
	// TestsNil reports whether fn only reports whether what path leads to
	// in argument arg is nil or absent (null), or is not.
	TestsNil(fn *ssa.Function) (arg int, path string, null, ok bool)
	// TestsEnd reports whether fn only reports whether the context to which path
	// leads in argument arg is done (ended), or is not.
	TestsEnd(fn *ssa.Function) (arg int, path string, ended, ok bool)
	// Reopened reports whether some function stores to field, in an object
	// that exists already, a value that opens a guard, and does not release
	// what place holds.
	Reopened(field *types.Var, opens func(ssa.Value) bool, place Place) bool
	// HeldWithout reports whether something that fn makes may be left in place at a
	// return without any of the instructions in after, where none of them comes before
	// it is made, or is in a function literal.
	HeldWithout(fn *ssa.Function, place Place, after []ssa.Instruction) bool
	// Changes reports whether some function stores to field in an object that
	// exists already.
	Changes(field *types.Var) bool
	// SetOnRelease reports whether functions that release what place holds,
	// and no others, set field in an object that exists already to anything
	// but its zero value.
	SetOnRelease(field *types.Var, place Place) bool
	// SetTogether reports whether flag is set wherever something is stored in
	// place, and set back only by functions that release that.
	SetTogether(flag *types.Var, place Place) bool
	// Closed reports whether the package closes the channel in place.
	Closed(place Place) bool
	// Kept reports whether the release function that call returns goes to
	// an owner, beside the context.
	Kept(call *ssa.Call) bool
	// Fresh reports whether result i of fn is always an object that the
	// call made, and that nothing else refers to.
	Fresh(fn *ssa.Function, i int) bool
	// Method finds the method that v.name() calls, where v's dynamic type is known.
	Method(v ssa.Value, method *types.Func) *ssa.Function
}
