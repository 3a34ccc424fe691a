// Package finding is what a run of the command found, as plain data: what a
// driver makes and what every output format prints.
//
// In come the analyses of packages, each a Unit; out goes a Report that refers
// to no syntax, types or file set, so that it can be kept in a cache, compared
// with that of another driver, and printed in any format. Equal runs make equal
// reports: findings are sorted, and each stands once, however many test
// variants of its package were analysed.
package finding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer"
)

// A Report is what one run found.
type Report struct {
	// Units are the analyses of packages and their test variants, as made.
	Units []Unit
	// Findings are those of all units: sorted by position, then rule.
	Findings []Finding
	// Accounts are those of all units, one for each package, sorted.
	Accounts []Account
}

// An Account says what became of each context that a package creates, its test
// files included.
type Account struct {
	Package  string // import path, without the test variant
	Contexts []analyzer.Context
}

// A Unit is the analysis of one package, or of one test variant of it.
type Unit struct {
	ID       string // as go/packages has it: "p", or "p [p.test]"
	Package  string // import path, without the test variant
	Err      string // why it was not analysed, "" if it was
	Findings []Finding
	Contexts []analyzer.Context // what became of them; empty unless -account is given
}

// A Finding is one leak.
type Finding struct {
	Package  string // import path, without the test variant
	Rule     string
	Severity string // low, medium or high
	Message  string // ends with the rule in brackets
	URL      string // the rule's page
	Pos, End Position
	Related  []Related // in the order in which things happen
	Fixes    []Fix     // the safest first
	Keeps    analyzer.Keeps

	// Identity is what stays the same when the finding moves. Drivers leave
	// it empty: see package identity.
	Identity string
}

// A Position is a place in a file.
type Position struct {
	File   string // absolute path
	Line   int    // from 1
	Column int    // in bytes, from 1; 0 if it is not known
	Offset int    // in bytes, from 0
}

// String writes p as a token.Position writes itself.
func (p Position) String() string {
	switch s := p.File; {
	case p.Line == 0 && s == "":
		return "-"
	case p.Line == 0:
		return s
	default:
		if s != "" {
			s += ":"
		}
		s += strconv.Itoa(p.Line)
		if p.Column != 0 {
			s += ":" + strconv.Itoa(p.Column)
		}
		return s
	}
}

// A Related tells one more step of a finding's story.
type Related struct {
	Pos, End Position
	Message  string
}

// A Fix is one way to mend a finding: all of its edits, or none.
type Fix struct {
	Message string // an imperative: "Defer cancel right after the call"
	Edits   []Edit
}

// An Edit replaces what stands between two positions.
type Edit struct {
	Pos, End Position
	New      string
}

// Text is the message without the rule at its end, for formats that have a
// place of their own for it.
func (f *Finding) Text() string { return strings.TrimSuffix(f.Message, " ["+f.Rule+"]") }

// New makes the report of a run from its units.
func New(units []Unit) *Report {
	r := &Report{Units: units}
	r.merge()
	return r
}

// Keep removes the findings, of units too, that keep does not want.
func (r *Report) Keep(keep func(*Finding) bool) {
	for i := range r.Units {
		r.Units[i].Findings = slices.DeleteFunc(r.Units[i].Findings, func(f Finding) bool { return !keep(&f) })
	}
	r.merge()
}

// merge brings what all units have into the order in which everything is
// printed, each once.
func (r *Report) merge() {
	r.dropDisputed()
	r.Findings, r.Accounts = nil, nil
	for _, u := range r.Units {
		r.Findings = append(r.Findings, u.Findings...)
		r.Accounts = append(r.Accounts, Account{u.Package, u.Contexts})
	}
	slices.SortStableFunc(r.Findings, order)
	r.Findings = slices.CompactFunc(r.Findings, func(a, b Finding) bool { return order(a, b) == 0 })
	r.Accounts = mergeAccounts(r.Accounts)
}

// dropDisputed removes what the rule ignore says of a comment in a package, or
// in its test variant, where the other has use for the comment.
func (r *Report) dropDisputed() {
	for i := range r.Units {
		u := &r.Units[i]
		u.Findings = slices.DeleteFunc(u.Findings, func(f Finding) bool {
			return f.Rule == "ignore" && !strings.HasSuffix(f.Pos.File, "_test.go") &&
				slices.ContainsFunc(r.Units, func(v Unit) bool {
					return v.Package == u.Package && v.ID != u.ID && v.Err == "" && !v.external() &&
						!slices.ContainsFunc(v.Findings, func(g Finding) bool { return order(f, g) == 0 })
				})
		})
	}
}

// external reports whether u is what a package's tests in a package of their
// own make.
func (u *Unit) external() bool { return strings.Contains(u.ID, "_test [") }

func order(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File),
		cmp.Compare(a.Pos.Offset, b.Pos.Offset),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Message, b.Message),
	)
}
