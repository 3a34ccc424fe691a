package corpus

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const realFile = root + "/testdata/corpus/real.jsonl"

// TestReal runs the command on both versions of every pair of
// testdata/corpus/real.jsonl, and on no package but the one that has the leak:
// it must be reported before the repair, or be missed as recorded, and what was
// repaired must be silent after it. It needs the network, half an hour without
// caches, and -corpus, as TestCorpus does; -modules selects by the pair's id:
//
//	go test ./cmd/ctxleak/internal/corpus -run TestReal -timeout 0 -v -corpus FOLDER
func TestReal(t *testing.T) {
	if *copies == "" {
		t.Skip("needs -corpus=FOLDER; see docs/contributing.md")
	}
	dir, err := filepath.Abs(*copies)
	if err != nil {
		t.Fatal(err)
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	command := builtTool(t)

	ran, reported, missed := 0, 0, 0
	for _, p := range realPairs(t) {
		if !pattern.MatchString(p.ID) {
			continue
		}
		bad, dirBad, ok := findingsOf(t, command, dir, p, p.Bad)
		if !ok {
			continue
		}
		good, dirGood, ok := findingsOf(t, command, dir, p, p.Good)
		if !ok {
			continue
		}
		ran++
		before, err := p.Of(bad, dirBad, p.Line)
		if err != nil {
			t.Errorf("%s: %s: %v", p.ID, p.Bad, err)
			continue
		}
		after, err := p.Of(good, dirGood, 0)
		if err != nil {
			t.Errorf("%s: %s: %v", p.ID, p.Good, err)
			continue
		}
		switch {
		case len(before) > 0 && p.Expect == Missed:
			reported++
			t.Errorf("%s: %v is found now: record it as %s", p.ID, before[0].Place, Reported)
		case len(before) > 0:
			reported++
			t.Logf("%s: %v", p.ID, before[0].Place)
		case p.Expect == Missed:
			missed++
			t.Logf("%s: missed: %s", p.ID, p.Why)
		default:
			missed++
			t.Errorf("%s: nothing is reported of %s in %s@%s", p.ID, p.Func, p.Module, p.Bad)
		}
		for _, x := range after {
			t.Errorf("%s: still reported after the repair, in %s: %v", p.ID, p.Good, x.Place)
		}
	}
	if ran == 0 {
		t.Fatal("no pair was run")
	}
	t.Logf("of %d pairs, %d are reported before the repair and %d are missed", ran, reported, missed)
}

// findingsOf returns what the command reports of p's package at version, and
// the folder of the copy.
func findingsOf(t *testing.T, command, dir string, p Pair, version string) ([]Finding, string, bool) {
	t.Helper()
	copied, err := Prepare(dir, p.Module, version)
	if err != nil {
		t.Logf("%s: left out, it cannot be had: %v", p.ID, err)
		return nil, "", false
	}
	m := Module{Path: p.Module, Version: version, Packages: []string{p.Package}}
	found, _, err := Run(command, copied, m, "default")
	if err != nil {
		t.Errorf("%s: left out: %s: %v", p.ID, version, err)
		return nil, "", false
	}
	return found, copied, true
}

func realPairs(t *testing.T) []Pair {
	t.Helper()
	f, err := os.Open(realFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	pairs, err := ReadPairs(f)
	if err != nil {
		t.Fatalf("%s: %v", realFile, err)
	}
	return pairs
}

// TestRealFile reads the file without running anything.
func TestRealFile(t *testing.T) {
	if pairs := realPairs(t); len(pairs) < 20 {
		t.Errorf("%d pairs in %s", len(pairs), realFile)
	}
}

func TestReadPairsRefuses(t *testing.T) {
	good := `{"id":"a","ref":"r","module":"m","bad":"v1.0.0","good":"v1.0.1","package":"m/p","file":"p/f.go","func":"F","line_bad":7,"pattern":"overwrite","expect":"reported"}`
	if pairs, err := ReadPairs(strings.NewReader(good + "\n\n")); err != nil || len(pairs) != 1 || pairs[0].Line != 7 {
		t.Fatalf("%v, %v", pairs, err)
	}
	for _, test := range []struct{ name, in, want string }{
		{"unknown field", strings.Replace(good, `"ref"`, `"reff"`, 1), `unknown field "reff"`},
		{"no reference", strings.Replace(good, `"ref":"r"`, `"ref":""`, 1), "no ref"},
		{"absolute file", strings.Replace(good, "p/f.go", "/f.go", 1), "no file of a module"},
		{"no expectation", strings.Replace(good, `"reported"`, `"perhaps"`, 1), `"perhaps" is neither`},
		{"no reason", strings.Replace(good, `"reported"`, `"missed"`, 1), "missed without a reason"},
		{"twice", good + "\n" + good, "line 2: a stands twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := ReadPairs(strings.NewReader(test.in))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func TestPairOf(t *testing.T) {
	dir := t.TempDir()
	src := "package p\n\ntype T[P any] struct{}\n\nfunc (t *T[P]) M() {\n\t_ = t\n}\n\nfunc M() {\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "f.go"), []byte(src), 0o666); err != nil {
		t.Fatal(err)
	}
	at := func(file string, line int) Finding { return Finding{Place: Place{File: file, Line: line}} }
	found := []Finding{at("f.go", 4), at("f.go", 5), at("f.go", 6), at("g.go", 6), at("f.go", 7), at("f.go", 9)}
	method := Pair{File: "f.go", Func: "(*T[P]).M"}
	for _, test := range []struct {
		pair Pair
		line int
		want []Finding
	}{
		{method, 0, []Finding{at("f.go", 5), at("f.go", 6), at("f.go", 7)}},
		{method, 6, []Finding{at("f.go", 6)}},
		{method, 9, nil},
		{Pair{File: "f.go", Func: "M"}, 0, []Finding{at("f.go", 9)}},
	} {
		got, err := test.pair.Of(found, dir, test.line)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s, line %d: %v, %v; want %v", test.pair.Func, test.line, got, err, test.want)
		}
	}
	if _, err := (Pair{File: "f.go", Func: "(T).M"}).Of(found, dir, 0); err == nil {
		t.Error("no error for a function that is not there")
	}
}
