package suppress

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		comment string
		rules   string
		reason  string
		fault   string // a part of it
	}{
		{"//ctxleak:ignore discarded -- why not", "discarded", "why not", ""},
		{"//ctxleak:ignore\tdiscarded,lostpath\t--\twhy -- not", "discarded lostpath", "why -- not", ""},
		{"//ctxleak:ignore discarded, lostpath -- see https://example.com // and more", "discarded lostpath", "see https://example.com", ""},
		{"//ctxleak:ignore discarded--why", "discarded", "why", ""},
		{"//ctxleak:ignore discarded", "discarded", "", "no reason"},
		{"//ctxleak:ignore discarded --", "discarded", "", "no reason"},
		{"//ctxleak:ignore discarded // -- why", "discarded", "", "no reason"},
		{"//ctxleak:ignore", "", "", "no rule"},
		{"//ctxleak:ignore ,, -- why", "", "why", "no rule"},
		{"//ctxleak:ignored discarded -- why", "", "", "no directive ctxleak:ignored"},
		{"//ctxleak:", "", "", "no directive ctxleak:,"},
		{"// ctxleak:ignore discarded -- why", "", "", "ignores nothing"},
		{"/*ctxleak:ignore discarded -- why*/", "", "", "ignores nothing"},
	} {
		d, is, fault := Parse(test.comment)
		if !is || strings.Join(d.Rules, " ") != test.rules || d.Reason != test.reason ||
			!strings.Contains(fault, test.fault) || (fault == "") != (test.fault == "") {
			t.Errorf("Parse(%q) = %q, %v, %q", test.comment, d, is, fault)
		}
	}
	for _, comment := range []string{"", "//", "// see ctxleak:ignore", "//go:build ctxleak:ignore", "//nolint:ctxleak", "// ctxleak: find contexts", "//\t//ctxleak:ignore x -- y"} {
		if d, is, fault := Parse(comment); is {
			t.Errorf("Parse(%q) = %q, %v, %q; it is none of ours", comment, d, is, fault)
		}
	}
}

// FuzzParse demands of any comment: what is whole has rules and a reason, and
// says the same when it is written anew.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"//ctxleak:ignore discarded,lostpath -- why", "//ctxleak:ignore", "// ctxleak:ignore x", "/*ctxleak:ignore*/",
		"//ctxleak:ignore a--b--c // d", "//ctxleak:\tignore\x00\xff", "//ctxleak:ignore a\u00a0b -- \u2028",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		d, is, fault := Parse(comment)
		if !is && (fault != "" || len(d.Rules) > 0) {
			t.Errorf("%q is no directive, but %q, %q", comment, d, fault)
		}
		if !is || fault != "" {
			return
		}
		if len(d.Rules) == 0 || d.Reason == "" {
			t.Errorf("%q is whole without rules or reason: %q", comment, d)
		}
		for _, r := range d.Rules {
			if r == "" || strings.ContainsAny(r, ", \t") || strings.Contains(r, "--") {
				t.Errorf("%q names the rule %q", comment, r)
			}
		}
		again, is, fault := Parse("//ctxleak:ignore " + strings.Join(d.Rules, ",") + " -- " + d.Reason)
		if !is || fault != "" || !slices.Equal(again.Rules, d.Rules) || again.Reason != d.Reason {
			t.Errorf("%q is %q, and written anew %q, %v, %q", comment, d, again, is, fault)
		}
	})
}
