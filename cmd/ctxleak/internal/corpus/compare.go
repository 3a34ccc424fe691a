package corpus

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// A Difference is how what was found differs from what is recorded.
type Difference struct {
	Added    []Finding // found, not recorded
	Vanished []Finding // recorded, not found
	Kept     []Finding // found and recorded: with the verdict of the record, and the severity of now
}

// Compare compares the record of some modules with what was found in them.
// Both may come in any order; what goes out is sorted.
func Compare(recorded, found []Finding) Difference {
	known := make(map[Place]Finding)
	for _, x := range recorded {
		known[x.Place] = x
	}
	var d Difference
	for _, x := range found {
		old, ok := known[x.Place]
		if !ok {
			x.Verdict = Unjudged
			d.Added = append(d.Added, x)
			continue
		}
		delete(known, x.Place)
		x.Verdict, x.Reason = old.Verdict, old.Reason
		d.Kept = append(d.Kept, x)
	}
	d.Vanished = slices.Collect(maps.Values(known))
	for _, list := range [][]Finding{d.Added, d.Vanished, d.Kept} {
		slices.SortFunc(list, func(a, b Finding) int { return comparePlaces(a.Place, b.Place) })
	}
	return d
}

// A Score counts verdicts.
type Score struct{ True, False, Unsure, Unjudged int }

// Findings is how many there are in all.
func (s Score) Findings() int { return s.True + s.False + s.Unsure + s.Unjudged }

// Precision is the share of true ones, in percent, of all that were found: what
// nobody could tell does not count as true. Without findings it is not a number,
// and ok is false.
func (s Score) Precision() (percent float64, ok bool) {
	if s.Findings() == 0 {
		return 0, false
	}
	return 100 * float64(s.True) / float64(s.Findings()), true
}

func (s *Score) add(v Verdict) {
	switch v {
	case True:
		s.True++
	case False:
		s.False++
	case Unsure:
		s.Unsure++
	default:
		s.Unjudged++
	}
}

// A Row of a table of scores.
type Row struct {
	Name string
	Score
}

// Scores scores findings by the group that each belongs to; groups without a
// name are left out. Rows are sorted by name.
func Scores(findings []Finding, group func(Finding) string) []Row {
	scores := make(map[string]Score)
	for _, x := range findings {
		if name := group(x); name != "" {
			s := scores[name]
			s.add(x.Verdict)
			scores[name] = s
		}
	}
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		rows = append(rows, Row{name, scores[name]})
	}
	return rows
}

// WriteScores writes rows as a table whose first column has a heading.
func WriteScores(w io.Writer, heading string, rows []Row) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, strings.Join([]string{heading, "findings", "true", "false", "unsure", "unjudged", "precision"}, "\t")+"\t")
	for _, r := range rows {
		precision := "-"
		if p, ok := r.Precision(); ok {
			precision = fmt.Sprintf("%.1f %%", p)
		}
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d\t%d\t%d\t%s\t\n", r.Name, r.Findings(), r.True, r.False, r.Unsure, r.Unjudged, precision)
	}
	return tw.Flush()
}
