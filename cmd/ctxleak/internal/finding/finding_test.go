package finding

import (
	"strings"
	"testing"
)

// TestMerge demands that a report has each finding once, in the order of the
// source, and of what rule ignore says, only what a package and its test variant
// agree on.
func TestMerge(t *testing.T) {
	at := func(file string, offset int, rule string) Finding {
		return Finding{Rule: rule, Message: "m", Pos: Position{File: file, Offset: offset}}
	}
	plain := Unit{ID: "p", Package: "p", Findings: []Finding{
		at("b.go", 2, "lostpath"), at("a.go", 1, "ignore"), at("a.go", 5, "ignore"), at("a.go", 9, "stored"),
	}}
	variant := Unit{ID: "p [p.test]", Package: "p", Findings: []Finding{
		at("b.go", 2, "lostpath"), at("a.go", 5, "ignore"), at("a.go", 7, "ignore"), at("a_test.go", 3, "ignore"),
	}}
	external := Unit{ID: "p_test [p.test]", Package: "p", Findings: []Finding{at("x_test.go", 1, "ignore")}}
	other := Unit{ID: "q", Package: "q", Findings: []Finding{at("q.go", 1, "ignore")}}
	failed := Unit{ID: "p [p.test]", Package: "p", Err: "errors"}

	for name, test := range map[string]struct {
		units []Unit
		want  string
	}{
		"variants agree":     {[]Unit{plain, variant, external, other}, "a.go:5 a.go:9 a_test.go:3 b.go:2 q.go:1 x_test.go:1"},
		"whatever the order": {[]Unit{other, external, variant, plain}, "a.go:5 a.go:9 a_test.go:3 b.go:2 q.go:1 x_test.go:1"},
		"a variant fails":    {[]Unit{plain, failed}, "a.go:1 a.go:5 a.go:9 b.go:2"},
		"alone":              {[]Unit{plain, external}, "a.go:1 a.go:5 a.go:9 b.go:2 x_test.go:1"},
		"nothing":            {nil, ""},
	} {
		for i := range test.units { // merging changes units
			test.units[i].Findings = append([]Finding(nil), test.units[i].Findings...)
		}
		r := New(test.units)
		if got := places(r.Findings); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		r.Keep(func(f *Finding) bool { return f.Rule != "ignore" })
		for _, u := range r.Units {
			for _, f := range u.Findings {
				if f.Rule == "ignore" {
					t.Errorf("%s: kept in %s: %+v", name, u.ID, f)
				}
			}
		}
		if strings.Contains(places(r.Findings), "_test") {
			t.Errorf("%s: kept: %s", name, places(r.Findings))
		}
	}
}

func places(all []Finding) string {
	var s []string
	for _, f := range all {
		f.Pos.Line = f.Pos.Offset
		s = append(s, f.Pos.String())
	}
	return strings.Join(s, " ")
}

func TestPositionString(t *testing.T) {
	for want, p := range map[string]Position{
		"-":        {},
		"f.go":     {File: "f.go"},
		"f.go:1":   {File: "f.go", Line: 1},
		"f.go:1:2": {File: "f.go", Line: 1, Column: 2},
		"1:2":      {Line: 1, Column: 2},
	} {
		if got := p.String(); got != want {
			t.Errorf("%+v is %s, want %s", p, got, want)
		}
	}
}
