// Package finding is what a run of the command found, as plain data: what a
// driver makes and what every output format prints.
//
// In comes a graph of finished analyses; out goes a Report that refers to no
// syntax, types or file set, so that it can be kept in a cache, compared with
// that of another driver, and printed in any format. Equal runs make equal
// reports: findings are sorted, and each stands once, however many test
// variants of its package were analysed.
package finding

import (
	"cmp"
	"slices"

	"github.com/ctxleak/ctxleak/analyzer"
)

// A Report is what one run found.
type Report struct {
	Findings []Finding // sorted by position, then rule
	Accounts []Account // sorted by package; empty unless -account is given
}

// An Account says what became of each context that a package creates, its test
// files included.
type Account struct {
	Package  string // import path, without the test variant
	Contexts []analyzer.Context
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
}

// A Position is a place in a file.
type Position struct {
	File   string // absolute path
	Line   int    // from 1
	Column int    // in bytes, from 1
	Offset int    // in bytes, from 0
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

// Sort brings r into the order in which everything is printed, and removes what
// stands twice.
func (r *Report) Sort() {
	slices.SortStableFunc(r.Findings, order)
	r.Findings = slices.CompactFunc(r.Findings, func(a, b Finding) bool { return order(a, b) == 0 })
	r.Accounts = mergeAccounts(r.Accounts)
}

func order(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Pos.File, b.Pos.File),
		cmp.Compare(a.Pos.Offset, b.Pos.Offset),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Message, b.Message),
	)
}
