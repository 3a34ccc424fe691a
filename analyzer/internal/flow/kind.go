package flow

// String names the kind of end, for dumps.
func (k EndKind) String() string {
	return [...]string{"released", "lost", "held", "returned", "escaped", "settled", "unchanged"}[k]
}
