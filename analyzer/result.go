package analyzer

// A Result is what the analysis of one package gives beside its diagnostics, for
// drivers that print more than a diagnostic can carry. It is plain data: no
// positions of a file set, no types.
type Result struct {
	// Severities are those of the diagnostics, in the order in which they were
	// reported: "low", "medium" or "high".
	Severities []string
}
