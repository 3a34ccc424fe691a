package analyzer

import (
	"github.com/ctxleak/ctxleak/analyzer/internal/account"
	"github.com/ctxleak/ctxleak/analyzer/internal/retain"
)

// A Result is what the analysis of one package gives beside its diagnostics, for
// drivers that print more than a diagnostic can carry. It is plain data: no
// positions of a file set, no types.
type Result struct {
	// Severities are those of the diagnostics, in the order in which they were
	// reported: "low", "medium" or "high".
	Severities []string

	// Keeps tells, in the same order, what keeps the leaking contexts alive.
	Keeps []Keeps

	// Account says what became of each context that the package creates, in
	// the order of the source. It is empty unless the flag -account is set.
	Account []Context
}

// Keeps is what keeps a context alive, in words for a picture of it.
type Keeps = retain.Keeps

// A Context is a call that creates a context, or another thing to release, and
// what became of it.
type Context = account.Entry

// A Fate is what became of a context, as far as it is understood.
type Fate = account.Fate

// The fates, the best understood first.
const (
	Released = account.Released // on every path
	Bounded  = account.Bounded  // not on every path, but what would keep it ends
	Owned    = account.Owned    // handed to a place from which something releases it
	Returned = account.Returned // handed to the caller, whose call counts by itself
	Unseen   = account.Unseen   // handed to code that is not known
	Skipped  = account.Skipped  // not judged
	Leaked   = account.Leaked   // reported
)

// Fates are all fates, in this order.
var Fates = account.Fates
