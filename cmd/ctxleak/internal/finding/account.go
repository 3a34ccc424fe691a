package finding

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/analyzer"
)

// mergeAccounts makes one account of those of a package and its test variants,
// which have calls in common: of these the worst fate counts, as each finding of
// a variant does.
func mergeAccounts(accounts []Account) []Account {
	type site struct {
		file         string
		line, column int
		source       string
		nth          int // one call may make several things to release
	}
	merged := make(map[string]map[site]analyzer.Context)
	for _, a := range accounts {
		if len(a.Contexts) == 0 {
			continue
		}
		if merged[a.Package] == nil {
			merged[a.Package] = make(map[site]analyzer.Context)
		}
		times := make(map[site]int)
		for _, c := range a.Contexts {
			at := site{c.File, c.Line, c.Column, c.Source, 0}
			times[at]++
			at.nth = times[at]
			if old, ok := merged[a.Package][at]; !ok || rank(c.Fate) > rank(old.Fate) {
				merged[a.Package][at] = c
			}
		}
	}
	var all []Account
	for _, pkg := range slices.Sorted(maps.Keys(merged)) {
		all = append(all, Account{pkg, slices.SortedFunc(maps.Values(merged[pkg]), func(a, b analyzer.Context) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Source, b.Source), cmp.Compare(rank(a.Fate), rank(b.Fate)))
		})})
	}
	return all
}

func rank(f analyzer.Fate) int { return slices.Index(analyzer.Fates, f) }

// WriteAccounts prints a table: a row for each package, a column for each fate,
// and the sum. Then, for what is not understood, the reasons, most frequent
// first.
func WriteAccounts(w io.Writer, accounts []Account) error {
	width := len("package")
	for _, a := range accounts {
		width = max(width, len(a.Package))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-*s  created", width, "package")
	for _, f := range analyzer.Fates {
		fmt.Fprintf(&b, " %8s", f)
	}
	b.WriteByte('\n')
	total := make(map[analyzer.Fate]int)
	created := 0
	reasons := make(map[string]int)
	row := func(name string, n int, fates map[analyzer.Fate]int) {
		fmt.Fprintf(&b, "%-*s %8d", width, name, n)
		for _, f := range analyzer.Fates {
			fmt.Fprintf(&b, " %8d", fates[f])
		}
		b.WriteByte('\n')
	}
	for _, a := range accounts {
		fates := make(map[analyzer.Fate]int)
		for _, c := range a.Contexts {
			fates[c.Fate]++
			total[c.Fate]++
			created++
			if rank(c.Fate) > rank(analyzer.Returned) {
				reasons[string(c.Fate)+": "+c.Why]++
			}
		}
		row(a.Package, len(a.Contexts), fates)
	}
	row("in all", created, total)
	if created > 0 {
		fmt.Fprintf(&b, "\n%.1f %% are proved released on every path, %.1f %% are bounded, or handed to an owner that releases or to the caller.\n",
			100*float64(total[analyzer.Released])/float64(created),
			100*float64(total[analyzer.Bounded]+total[analyzer.Owned]+total[analyzer.Returned])/float64(created))
	}
	if len(reasons) > 0 {
		b.WriteString("\nThe others:\n")
		for _, why := range slices.SortedFunc(maps.Keys(reasons), func(x, y string) int {
			return cmp.Or(cmp.Compare(reasons[y], reasons[x]), cmp.Compare(x, y))
		}) {
			fmt.Fprintf(&b, "%8d %s\n", reasons[why], why)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteAccountsJSON prints the accounts as a JSON array, an object for each
// package.
func WriteAccountsJSON(w io.Writer, accounts []Account) error {
	type context struct {
		File   string        `json:"file"`
		Line   int           `json:"line"`
		Column int           `json:"column"`
		Func   string        `json:"func"`
		Source string        `json:"source"`
		Fate   analyzer.Fate `json:"fate"`
		Why    string        `json:"why"`
	}
	type account struct {
		Package  string    `json:"package"`
		Contexts []context `json:"contexts"`
	}
	all := []account{}
	for _, a := range accounts {
		one := account{Package: a.Package}
		for _, c := range a.Contexts {
			one.Contexts = append(one.Contexts, context(c))
		}
		all = append(all, one)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "\t")
	return enc.Encode(all)
}
