package analyzer_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestMessages holds every message that the packages of TestRules produce to
// the form in which all of them are written: one sentence in the reader's
// words, in lower case, without a full stop and without places (those are in
// Related), with the rule's name at its end for the drivers that show no
// category.
func TestMessages(t *testing.T) {
	var paths []string
	for _, pkgs := range ruleFolders {
		paths = append(paths, pkgs...)
	}
	slices.Sort(paths)
	dir := testdata(t)
	pkgs := load(t, dir, []string{"GOPATH=" + dir, "GO111MODULE=off", "GOPROXY=off", "GOWORK=off"}, paths...)

	seen := make(map[string]bool)
	for _, flags := range []string{"", "-level=all"} {
		said := analyze(t, flags, pkgs)
		for _, path := range slices.Sorted(maps.Keys(said)) {
			for _, r := range said[path] {
				for _, fault := range faults(r) {
					t.Errorf("%s:%d: %s: %s", r.Pos.Filename, r.Pos.Line, fault, r.Message)
				}
				seen[r.Category] = true
			}
		}
	}
	// A rule without a message was not looked at.
	for rule := range titles() {
		if !seen[rule] {
			t.Errorf("no message of the rule %s", rule)
		}
	}
}

// machinery are the words for how the analyzer works, which mean nothing to
// its readers.
var machinery = regexp.MustCompile(`(?i)\b(phi|alloc|ssa|obligations?|nil interface)\b`)

var (
	capital    = regexp.MustCompile(`^\p{Lu}`)
	lineNumber = regexp.MustCompile(`(?i)\blines? \d`)
)

// faults says what is wrong with a diagnostic.
func faults(r reported) []string {
	var all []string
	fault := func(is bool, format string, args ...any) {
		if is {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	text, tagged := strings.CutSuffix(r.Message, " ["+r.Category+"]")
	fault(!tagged, "it does not end with its category, [%s]", r.Category)
	fault(capital.MatchString(text), "it begins with a capital letter")
	fault(strings.HasSuffix(text, "."), "it ends with a full stop")
	fault(lineNumber.MatchString(text), "it names a line")
	fault(strings.ContainsAny(text, "\n\t"), "it is more than one line")
	word := machinery.FindString(text)
	fault(word != "", "it speaks of the machinery, %q", word)
	page := "/docs/rules/" + r.Category + ".md"
	fault(!strings.HasSuffix(r.URL, page), "its URL %q does not end with %s", r.URL, page)
	return all
}

// TestFaults shows that TestMessages would notice.
func TestFaults(t *testing.T) {
	const url = "https://example.org/docs/rules/lostpath.md"
	for _, test := range []struct {
		message, url string
		want         int
	}{
		{"cancel is not called on every path [lostpath]", url, 0},
		{"context.WithCancel is aligned with linear phial, allocated 3 times [lostpath]", url, 0},
		{"cancel is not called on every path", url, 1},
		{"Cancel is not called. [lostpath]", url, 2},
		{"cancel made on line 3 is lost [lostpath]", url, 1},
		{"the phi keeps the obligation [lostpath]", url, 1},
		{"a nil interface is called [lostpath]", url, 1},
		{"lost SSA value\nin alloc [lostpath]", url, 2},
		{"cancel is lost [discarded]", url, 1},
		{"cancel is lost [lostpath]", "https://example.org", 1},
	} {
		if got := faults(reported{Category: "lostpath", Message: test.message, URL: test.url}); len(got) != test.want {
			t.Errorf("%q (%s): faults %q, want %d", test.message, test.url, got, test.want)
		}
	}
}
