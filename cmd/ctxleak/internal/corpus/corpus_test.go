package corpus

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const header = "module\tversion\tpackage\tfile\tline\trule\tseverity\tverdict\treason\n"

// line is a line of the table of findings, with spaces for tabs but in the reason.
func line(fields string, reason string) string {
	return strings.ReplaceAll(fields, " ", "\t") + "\t" + reason + "\n"
}

func TestReadFindings(t *testing.T) {
	in := "# who wrote this\n" + header +
		line("m.org/a v1.0.0 m.org/a/b b/c.go 7 lostpath low true", "The error return skips it.") +
		"\n" +
		line("m.org/a v1.0.0 m.org/a d.go 1 stored high unjudged", "")
	got, err := ReadFindings(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	want := []Finding{
		{Place: Place{"m.org/a", "b/c.go", 7, "lostpath"}, Version: "v1.0.0", Package: "m.org/a/b", Severity: "low", Verdict: True, Reason: "The error return skips it."},
		{Place: Place{"m.org/a", "d.go", 1, "stored"}, Version: "v1.0.0", Package: "m.org/a", Severity: "high", Verdict: Unjudged},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}

	var out strings.Builder
	if err := WriteFindings(&out, got); err != nil {
		t.Fatal(err)
	}
	again, err := ReadFindings(strings.NewReader(out.String()))
	if err != nil || !slices.Equal(again, want) {
		t.Errorf("written and read again: %v, %v", again, err)
	}
}

func TestReadFindingsRefuses(t *testing.T) {
	good := line("m v1.0.0 m a.go 7 lostpath low true", "Why.")
	for _, test := range []struct{ name, in, want string }{
		{"no header", good, "line 1: columns"},
		{"few columns", header + "m\tv1.0.0\n", "line 2: 2 columns instead of 9"},
		{"no line", header + line("m v1.0.0 m a.go x lostpath low true", "Why."), `line 2: "x" is no line`},
		{"line zero", header + line("m v1.0.0 m a.go 0 lostpath low true", "Why."), `"0" is no line`},
		{"absolute file", header + line("m v1.0.0 m /a.go 7 lostpath low true", "Why."), "no file of a module"},
		{"unclean file", header + line("m v1.0.0 m b/../a.go 7 lostpath low true", "Why."), "no file of a module"},
		{"severity", header + line("m v1.0.0 m a.go 7 lostpath bad true", "Why."), `"bad" is no severity`},
		{"verdict", header + line("m v1.0.0 m a.go 7 lostpath low maybe", "Why."), `"maybe" is no verdict`},
		{"no reason", header + line("m v1.0.0 m a.go 7 lostpath low false", ""), "is false without a reason"},
		{"twice", header + good + good, "line 3: m/a.go:7 lostpath stands twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := ReadFindings(strings.NewReader(test.in)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestReadModules(t *testing.T) {
	header := "module\tversion\tpackages\tkind\theld-out\n"
	got, err := ReadModules(strings.NewReader(header + "m.org/a\tv1.0.0\t./x ./y/...\ta database\theld-out\nm.org/b\tv2.0.0\t./...\tCLI\t-\n"))
	want := []Module{
		{"m.org/a", "v1.0.0", []string{"./x", "./y/..."}, "a database", true},
		{"m.org/b", "v2.0.0", []string{"./..."}, "CLI", false},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	for in, want := range map[string]string{
		"m\tv1\t./...\tCLI\tyes\n":                     `held-out or - expected, not "yes"`,
		"m\tv1\t\tCLI\t-\n":                            "m has no packages",
		"m\tv1\t./...\tCLI\t-\nm\tv2\t./...\tCLI\t-\n": "line 3: m stands twice",
		"m\tv1\t./...\tCLI\n":                          "4 columns instead of 5",
	} {
		if _, err := ReadModules(strings.NewReader(header + in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", in, err, want)
		}
	}
}

func TestCompare(t *testing.T) {
	at := func(line int, v Verdict) Finding {
		return Finding{Place: Place{"m", "a.go", line, "lostpath"}, Severity: "low", Verdict: v, Reason: string(v)}
	}
	found := func(line int) Finding { return Finding{Place: at(line, "").Place, Severity: "high"} }

	d := Compare([]Finding{at(3, True), at(1, False), at(2, True)}, []Finding{found(9), found(3), found(4), found(1)})
	if !slices.Equal(d.Vanished, []Finding{at(2, True)}) {
		t.Errorf("vanished: %v", d.Vanished)
	}
	var added, kept []string
	for _, x := range d.Added {
		added = append(added, x.String()+" "+string(x.Verdict))
	}
	for _, x := range d.Kept {
		kept = append(kept, x.String()+" "+string(x.Verdict)+" "+x.Severity)
	}
	if want := []string{"m/a.go:4 lostpath unjudged", "m/a.go:9 lostpath unjudged"}; !slices.Equal(added, want) {
		t.Errorf("added %q, want %q", added, want)
	}
	if want := []string{"m/a.go:1 lostpath false high", "m/a.go:3 lostpath true high"}; !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	// Another rule, file or module on the same line is another finding.
	other := found(1)
	other.Rule = "unclosed"
	if d := Compare([]Finding{at(1, True)}, []Finding{other}); len(d.Added) != 1 || len(d.Vanished) != 1 {
		t.Errorf("rules are not told apart: %+v", d)
	}
}

func TestScores(t *testing.T) {
	x := func(rule string, v Verdict) Finding { return Finding{Place: Place{Rule: rule}, Verdict: v} }
	rows := Scores([]Finding{
		x("stored", True), x("lostpath", True), x("lostpath", False), x("lostpath", Unsure), x("lostpath", True), x("", True),
	}, func(f Finding) string { return f.Rule })
	want := []Row{{"lostpath", Score{True: 2, False: 1, Unsure: 1}}, {"stored", Score{True: 1}}}
	if !slices.Equal(rows, want) {
		t.Fatalf("got %v", rows)
	}
	if p, ok := rows[0].Precision(); !ok || p != 50 {
		t.Errorf("precision %v, %v: what nobody could tell is not true", p, ok)
	}
	if _, ok := (Score{}).Precision(); ok {
		t.Error("nothing found has a precision")
	}
	var out strings.Builder
	if err := WriteScores(&out, "rule", rows); err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(strings.Split(out.String(), "\n")[1]); !slices.Equal(got, []string{"lostpath", "4", "2", "1", "1", "0", "50.0", "%"}) {
		t.Errorf("row %q", got)
	}
}

// Replacements by folders that the module zip lacks would stop the go command.
func TestEdits(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "there"), 0o777); err != nil {
		t.Fatal(err)
	}
	var mod modFile
	err := json.Unmarshal([]byte(`{"Replace": [
		{"Old": {"Path": "m.org/gone", "Version": "v1.2.3"}, "New": {"Path": "../gone"}},
		{"Old": {"Path": "m.org/gone2"}, "New": {"Path": "./gone2"}},
		{"Old": {"Path": "m.org/there"}, "New": {"Path": "./there"}},
		{"Old": {"Path": "m.org/fork"}, "New": {"Path": "m.org/other", "Version": "v1.0.0"}},
		{"Old": {"Path": "k8s.io/api"}, "New": {"Path": "./staging/src/k8s.io/api"}}
	]}`), &mod)
	if err != nil {
		t.Fatal(err)
	}
	got := mod.edits(dir, "m.org/m", "v1.36.3")
	want := []string{"-dropreplace=m.org/gone@v1.2.3", "-dropreplace=m.org/gone2", "-dropreplace=k8s.io/api"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := mod.edits(dir, "k8s.io/kubernetes", "v1.36.3"); got[2] != "-replace=k8s.io/api=k8s.io/api@v0.36.3" {
		t.Errorf("kubernetes: %q", got)
	}
}

func TestParse(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "copies", "m@v1.0.0")
	if err := os.MkdirAll(filepath.Join(dir, "b"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.go", "b/c.go"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	diagnostic := func(path, line, severity, rule string) string {
		return `{"location": {"path": "` + path + `", "range": {"start": {"line": ` + line + `}}}, "severity": "` + severity + `", "code": {"value": "` + rule + `"}}`
	}
	report := func(diagnostics ...string) []byte {
		return []byte(`{"diagnostics": [` + strings.Join(diagnostics, ",") + `]}`)
	}
	m := Module{Path: "m.org/m", Version: "v1.0.0"}

	// The second is named from the root of a repository around the copies, and
	// stands twice.
	got, err := parse(report(
		diagnostic("b/c.go", "9", "WARNING", "lostpath"),
		diagnostic("copies/m@v1.0.0/a.go", "2", "ERROR", "stored"),
		diagnostic("copies/m@v1.0.0/a.go", "2", "ERROR", "stored"),
		diagnostic("a.go", "2", "INFO", "dropped"),
	), dir, m)
	want := []Finding{
		{Place: Place{"m.org/m", "a.go", 2, "dropped"}, Version: "v1.0.0", Package: "m.org/m", Severity: "low"},
		{Place: Place{"m.org/m", "a.go", 2, "stored"}, Version: "v1.0.0", Package: "m.org/m", Severity: "high"},
		{Place: Place{"m.org/m", "b/c.go", 9, "lostpath"}, Version: "v1.0.0", Package: "m.org/m/b", Severity: "medium"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got  %v, %v\nwant %v", got, err, want)
	}
	if got, err := parse(report(), dir, m); err != nil || len(got) != 0 {
		t.Errorf("nothing found: %v, %v", got, err)
	}
	for _, bad := range [][]byte{
		[]byte("ctxleak: no"),
		report(diagnostic("gone.go", "1", "INFO", "stored")),
		report(diagnostic("a.go", "0", "INFO", "stored")),
		report(diagnostic("a.go", "1", "BAD", "stored")),
		report(diagnostic("a.go", "1", "INFO", "")),
	} {
		if _, err := parse(bad, dir, m); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

// The tables in the repository can be read, and belong together.
func TestTables(t *testing.T) {
	modules, findings := tables(t)
	versions := make(map[string]string)
	heldOut := 0
	for _, m := range modules {
		versions[m.Path] = m.Version
		if m.HeldOut {
			heldOut++
		}
	}
	if heldOut < 10 {
		t.Errorf("%d modules are held out, not ten", heldOut)
	}
	for _, x := range findings {
		if versions[x.Module] != x.Version {
			t.Errorf("%v is at %s, the module at %q", x.Place, x.Version, versions[x.Module])
		}
		if x.Verdict == Unjudged {
			t.Errorf("%v: nobody has read the code yet", x.Place)
		}
	}
}
