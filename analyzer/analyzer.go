// Package analyzer defines an analysis that finds context leaks: cancel
// functions that are never called, not on every path, overwritten while live
// or dropped, and contexts kept in what outlives them.
//
// # Analyzer ctxleak
//
// ctxleak: find contexts that leak
//
// Until the cancel function of context.WithCancel and its kin is called, the
// new context stays registered with its parent, with everything that it
// references. ctxleak follows each such function through variables, fields,
// maps, closures, helper functions and packages, and reports
//
//	discarded      the release function is thrown away where it is made
//	lostpath       some path neither releases the context nor hands it on
//	overwritten    a live release function is stored over
//	neverreleased  the release function is stored where nothing ever calls it
//	dropped        what holds a live release function is deleted or reset
//	unclosed       a value that owns a context is not released on some path
//	piledup        contexts pile up turn after turn of a loop
//	stored         a request's or caller's context is kept beyond the call
//	ignore         a ctxleak:ignore comment is not whole, or ignores nothing
//
// A comment suppresses what is found on its line, or on the one below it, or in
// the function whose doc comment it stands in:
//
//	//ctxleak:ignore rule[,rule] -- reason
//
// Each rule has a flag of its name that turns it off, and a page in docs/rules.
// Findings that need a method to be called twice on one object are reported
// only where the package shows that it is; -level=all reports the others too.
// In _test.go files only discarded, lostpath and overwritten variables are
// reported, unless -level=all.
package analyzer

import (
	"flag"
	"fmt"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
	"github.com/ctxleak/ctxleak/analyzer/internal/rule"
	"github.com/ctxleak/ctxleak/analyzer/internal/suppress"
)

const homepage = "https://github.com/ctxleak/ctxleak"

const doc = `find contexts that leak

Until the cancel function of context.WithCancel and its kin is called, the new
context stays registered with its parent, with everything that it references.
ctxleak follows each such function through variables, fields, maps, closures,
helper functions and packages, and reports those that are never called, not on
every path, overwritten while live or dropped, values that own one and are not
closed, and contexts kept in what outlives them.

See https://github.com/ctxleak/ctxleak/tree/main/docs/rules for the rules.`

// Analyzer finds context leaks.
var Analyzer = New()

// options are the values of one analyzer's flags.
type options struct {
	level    string
	severity string
	debug    string
	account  string
	rules    map[string]*bool
}

// New returns an analyzer with flags of its own.
func New() *analysis.Analyzer {
	o := &options{rules: make(map[string]*bool)}
	a := &analysis.Analyzer{
		Name:      "ctxleak",
		Doc:       doc,
		URL:       homepage,
		FactTypes: []analysis.Fact{new(fact.Func)},
		// No Requires: buildssa and ctrlflow have fact types of their own,
		// which would make every driver load the syntax of, and build,
		// what the gate spares.
		Run:        func(pass *analysis.Pass) (any, error) { return guarded(pass, o) },
		ResultType: reflect.TypeFor[*Result](),
	}
	a.Flags.Init("ctxleak", flag.ExitOnError)
	a.Flags.Var(choice{&o.level, []string{"default", "all"}}, "level", "`which` findings to report: default, or all (also those without evidence that a leak repeats)")
	a.Flags.Var(choice{&o.severity, []string{"low", "medium", "high"}}, "severity", "least `severity` to report: low, medium or high")
	a.Flags.StringVar(&o.debug, "dump", "", "dump what is believed of `function`: its SSA form with the fate of each context it creates")
	a.Flags.Var(optional{choice{&o.account, []string{"text", "json"}}}, "account", "print what became of every context, instead of findings, as `text` (the default) or json; not through go vet")
	o.level, o.severity = "default", "low"
	for _, r := range suppress.Rules {
		o.rules[r.Name] = a.Flags.Bool(r.Name, true, "report: "+r.Title)
	}
	return a
}

// A choice is a flag with a fixed set of values.
type choice struct {
	value   *string
	allowed []string
}

func (c choice) String() string {
	if c.value == nil {
		return ""
	}
	return *c.value
}

// Set implements flag.Value.
func (c choice) Set(s string) error {
	for _, a := range c.allowed {
		if s == a {
			*c.value = s
			return nil
		}
	}
	return fmt.Errorf("must be one of %s", strings.Join(c.allowed, ", "))
}

// An optional is a choice that may be left out: the first one is meant.
type optional struct{ choice }

// IsBoolFlag makes package flag accept the flag without a value.
func (optional) IsBoolFlag() bool { return true }

// Set implements flag.Value.
func (o optional) Set(s string) error {
	switch s {
	case "true":
		s = o.allowed[0]
	case "false":
		*o.value = ""
		return nil
	}
	return o.choice.Set(s)
}

func (o *options) enabled(r *rule.Rule) bool { return *o.rules[r.Name] }

func (o *options) least() retain.Severity {
	s, _ := retain.ParseSeverity(o.severity) // checked when it was set
	return s
}
