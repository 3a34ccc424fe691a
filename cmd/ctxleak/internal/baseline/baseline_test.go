package baseline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// report has a finding for each id, which names its package, rule and number,
// as in p/discarded/1; failed packages are those with an error.
func report(failed string, ids ...string) *finding.Report {
	units := []finding.Unit{{ID: "p", Package: "p"}, {ID: "q", Package: "q"}, {ID: "p [p.test]", Package: "p"}}
	for i := range units {
		u := &units[i]
		if u.Package == failed {
			u.Err = "errors"
			continue
		}
		for n, id := range ids {
			if part := strings.Split(id, "/"); part[0] == u.Package {
				u.Findings = append(u.Findings, finding.Finding{
					Identity: id, Package: part[0], Rule: part[1], Message: "lost <&> [" + part[1] + "]",
					Pos: finding.Position{File: part[0] + ".go", Line: n + 1, Offset: n},
				})
			}
		}
	}
	return finding.New(units)
}

func always(string) bool { return true }

// written is what is written of b, read again.
func written(t *testing.T, b *Baseline) (*Baseline, string) {
	name := filepath.Join(t.TempDir(), "baseline")
	if err := b.Write(name); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(name)
	if err != nil {
		t.Fatal(err)
	}
	return again, string(text)
}

func ids(b *Baseline) string {
	var all []string
	for _, e := range b.entries {
		all = append(all, e.Identity)
	}
	return strings.Join(all, " ")
}

func TestUpdate(t *testing.T) {
	b, change := Empty().Update(report("", "p/lostpath/1", "p/discarded/2", "q/stored/3"), always)
	if change != (Change{New: 3, All: 3}) {
		t.Errorf("the first: %+v", change)
	}
	b, text := written(t, b)
	const want = `{"ctxleak-baseline":1}
{"id":"p/discarded/2","rule":"discarded","package":"p","message":"lost <&>"}
{"id":"p/lostpath/1","rule":"lostpath","package":"p","message":"lost <&>"}
{"id":"q/stored/3","rule":"stored","package":"q","message":"lost <&>"}
`
	if text != want {
		t.Errorf("it is\n%s\nwant\n%s", text, want)
	}

	for name, test := range map[string]struct {
		report *finding.Report
		asked  func(string) bool
		want   string
		change Change
	}{
		"nothing new":     {report("", "p/lostpath/1", "p/discarded/2", "q/stored/3"), always, "p/discarded/2 p/lostpath/1 q/stored/3", Change{All: 3}},
		"one gone":        {report("", "p/discarded/2", "q/stored/3"), always, "p/discarded/2 q/stored/3", Change{Gone: 1, All: 2}},
		"one for another": {report("", "p/lostpath/4", "p/discarded/2", "q/stored/3"), always, "p/discarded/2 p/lostpath/4 q/stored/3", Change{New: 1, Gone: 1, All: 3}},
		"a package fails": {report("p", "q/stored/3"), always, "p/discarded/2 p/lostpath/1 q/stored/3", Change{All: 3}},
		"a rule is off":   {report("", "p/discarded/2", "q/stored/3"), func(r string) bool { return r != "lostpath" }, "p/discarded/2 p/lostpath/1 q/stored/3", Change{All: 3}},
		"not analysed":    {finding.New(nil), always, "p/discarded/2 p/lostpath/1 q/stored/3", Change{All: 3}},
	} {
		next, change := b.Update(test.report, test.asked)
		next, _ = written(t, next)
		if ids(next) != test.want || change != test.change {
			t.Errorf("%s: %s, %+v, want %s, %+v", name, ids(next), change, test.want, test.change)
		}
	}
}

func TestParse(t *testing.T) {
	const head = `{"ctxleak-baseline":1}` + "\n"
	for text, want := range map[string]string{
		head:                     "",
		`{"ctxleak-baseline":1}`: "",
		head + `{"id":"1"}` + "\r\n\n" + `{"id":"1"}`: "1",
		"":                                    "this is no baseline",
		"\xff\x00":                            "this is no baseline",
		`{"id":"1"}`:                          "this is no baseline",
		`{"ctxleak-baseline":0}`:              "this is no baseline",
		`{"ctxleak-baseline":"1"}`:            "this is no baseline",
		`{"ctxleak-baseline":2}` + "\nwhat":   "this baseline is of version 2; this ctxleak reads version 1",
		head + `{"id":"1"`:                    "line 2: the line is cut off",
		head + "\n" + `{"id":"1","file":"x"}`: `line 3: json: unknown field "file"`,
		head + `{"id":"1"} {"id":"2"}`:        "line 2: something stands behind",
		head + `{"rule":"stored"}`:            "line 2: it has no id",
		head + "<<<<<<< HEAD\n":               "line 2: a merge conflict",
	} {
		b, err := parse([]byte(text))
		switch {
		case err == nil && ids(b) != want:
			t.Errorf("%q holds %q, want %q", text, ids(b), want)
		case err != nil && (want == "" || !strings.HasPrefix(err.Error(), want)):
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// FuzzParse demands that no file does more than be refused.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"ctxleak-baseline":1}` + "\n" + `{"id":"1","rule":"r","package":"p","message":"m"}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parse(data)
		if (b == nil) != (err != nil) {
			t.Fatalf("%v, %v", b, err)
		}
		if b != nil && len(b.known) != len(b.entries) {
			t.Errorf("%d known of %d", len(b.known), len(b.entries))
		}
	})
}
