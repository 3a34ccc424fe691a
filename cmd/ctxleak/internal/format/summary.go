package format

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// Summary writes how many findings there are, a line for each package and each
// rule in it, and the sums.
func Summary(w io.Writer, in *Input) error {
	counts := make(map[string]map[string]int)
	severities := make(map[string]int)
	for _, f := range in.Findings {
		if counts[f.Package] == nil {
			counts[f.Package] = make(map[string]int)
		}
		counts[f.Package][f.Rule]++
		severities[f.Severity]++
	}
	tab := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, pkg := range slices.Sorted(maps.Keys(counts)) {
		for _, rule := range slices.Sorted(maps.Keys(counts[pkg])) {
			fmt.Fprintf(tab, "%s\t%s\t%d\n", printable(pkg, false), rule, counts[pkg][rule])
		}
	}
	if err := tab.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s in %s: %d high, %d medium, %d low\n",
		count(len(in.Findings), "finding"), count(len(counts), "package"), severities["high"], severities["medium"], severities["low"])
	return err
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
