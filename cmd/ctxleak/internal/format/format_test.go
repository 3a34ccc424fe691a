package format

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/identity"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/sourcefile"
)

var update = flag.Bool("update", false, "rewrite testdata/golden")

// sample is a report of what can be hard to print: characters of several bytes
// before a finding, control characters, a file outside of the repository, one
// that is gone, and fixes of several edits.
func sample(t *testing.T) *Input {
	dir := t.TempDir()
	text, err := os.ReadFile("testdata/sample.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	// No module may have a file of this name, but a repository may.
	file := filepath.Join(dir, "pkg", "a, b%:c.go")
	if err := os.Mkdir(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o666); err != nil {
		t.Fatal(err)
	}
	at := func(what string) (pos, end finding.Position) {
		place := func(offset int) finding.Position {
			before := string(text[:offset])
			return finding.Position{File: file, Line: 1 + strings.Count(before, "\n"), Column: offset - strings.LastIndex(before, "\n"), Offset: offset}
		}
		i := bytes.Index(text, []byte(what))
		if i < 0 {
			t.Fatalf("no %q in %s", what, file)
		}
		return place(i), place(i + len(what))
	}
	make := func(rule, severity, message, what string) finding.Finding {
		f := finding.Finding{Package: "example.com/m/pkg", Rule: rule, Severity: severity, Message: message + " [" + rule + "]", URL: "https://example.com/" + rule + ".md"}
		f.Pos, f.End = at(what)
		return f
	}

	discarded := make("discarded", "low", "cancel function is never used", "context.WithCancel(ctx)")
	discarded.Fixes = []finding.Fix{{Message: "Keep the cancel function and defer it"}}
	for _, e := range []struct{ what, text string }{{"_ /* first */", "cancel"}, {"// second", "\tdefer cancel()\n"}} {
		pos, end := at(e.what)
		discarded.Fixes[0].Edits = append(discarded.Fixes[0].Edits, finding.Edit{Pos: pos, End: end, New: e.text})
	}
	lost := make("lostpath", "medium", "cancel \x1b[31mof “ключ”, 100% sure\n::error::is lost", "context.WithTimeout(\n")
	step := finding.Related{Message: "returns here"}
	step.Pos, _ = at("return nil")
	step.End = step.Pos
	elsewhere := finding.Related{Message: "kept here", Pos: finding.Position{File: "/elsewhere/gone.go", Line: 7, Column: 3, Offset: 90}}
	elsewhere.End = elsewhere.Pos
	lost.Related = []finding.Related{step, elsewhere}
	high := make("overwritten", "high", "lost in s.cancel", "cancel = nil")
	high.End = high.Pos
	high.Fixes = []finding.Fix{{Message: "Release it", Edits: []finding.Edit{{Pos: elsewhere.Pos, End: elsewhere.Pos, New: "x"}}}}

	in := &Input{
		Report: finding.New([]finding.Unit{
			{ID: "example.com/m/broken", Package: "example.com/m/broken", Err: "analysis skipped due to errors in package"},
			{ID: "example.com/m/pkg", Package: "example.com/m/pkg", Findings: []finding.Finding{high, discarded, lost}},
			{ID: "example.com/m/pkg [example.com/m/pkg.test]", Package: "example.com/m/pkg", Findings: []finding.Finding{discarded}},
		}),
		Source:  sourcefile.New(),
		Version: "v1.2.3",
		Rules: []Rule{
			{Name: "discarded", Title: "thrown away", URL: "https://example.com/discarded.md", Page: "# discarded: thrown away\n\nThe lead\nis [here](../x.md) and [there](lostpath.md#a).\n\n## Example\n\n<!-- bad -->\n```go\n```\n\n## How to mend\n\nCall it.\n"},
			{Name: "lostpath", Title: "lost", URL: "https://example.com/lostpath.md"},
			{Name: "overwritten", Title: "stored over", URL: "https://example.com/overwritten.md"},
		},
		Dir:  filepath.Join(dir, "pkg"),
		Root: dir,
	}
	identity.Set(in.Report, in.Source)
	return in
}

// TestGolden holds each format to testdata/golden, to which each was once
// compared by eye.
func TestGolden(t *testing.T) {
	for name, print := range Formats {
		var out bytes.Buffer
		in := sample(t)
		if err := print(&out, in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got := strings.ReplaceAll(out.String(), filepath.ToSlash(in.Root), "$ROOT")
		golden := filepath.Join("testdata", "golden", name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
				t.Error(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Error(err)
		} else if got != string(want) {
			t.Errorf("%s is\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestNothing prints a report without findings: machines want a whole document
// all the same.
func TestNothing(t *testing.T) {
	for name, print := range Formats {
		in := sample(t)
		in.Report = finding.New(nil)
		var out bytes.Buffer
		if err := print(&out, in); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		silent := name == "text" || name == "github"
		if silent != (out.Len() == 0) || bytes.Contains(out.Bytes(), []byte("null")) {
			t.Errorf("%s of nothing is %q", name, out.String())
		}
	}
}

// TestWriteError demands that no format loses the error of its writer.
func TestWriteError(t *testing.T) {
	for name, print := range Formats {
		if err := print(failing{}, sample(t)); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}

var errFull = errors.New("full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// TestSARIF demands what the schema cannot: rules, links and steps exist, and
// columns count UTF-16 units.
func TestSARIF(t *testing.T) {
	in := sample(t)
	var out bytes.Buffer
	if err := SARIF(&out, in); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != len(in.Findings) || run.Invocations[0].ExecutionSuccessful || len(run.Invocations[0].Notifications) != 1 {
		t.Errorf("%d results of %d findings, invocations %+v", len(run.Results), len(in.Findings), run.Invocations)
	}
	link := regexp.MustCompile(`(?:^|[^\\])\]\((\d+)\)`)
	fingerprints := make(map[string]bool)
	for i, r := range run.Results {
		if rule := run.Tool.Driver.Rules[r.RuleIndex]; rule.ID != r.RuleID || rule.HelpURI == "" || rule.Help.Markdown == "" {
			t.Errorf("%s: its rule is %+v", r.RuleID, rule)
		}
		fingerprints[r.PartialFingerprints["primaryLocationLineHash"]] = true
		ids := make(map[string]bool)
		for _, rel := range r.RelatedLocations {
			ids[number(rel.ID)] = true
		}
		links := link.FindAllStringSubmatch(r.Message.Text, -1)
		for _, m := range links {
			if !ids[m[1]] {
				t.Errorf("%s: a link to %s, which there is not", r.RuleID, m[1])
			}
		}
		if len(links) != len(ids) || len(ids) != len(in.Findings[i].Related) {
			t.Errorf("%s: %d links to %d steps", r.RuleID, len(links), len(ids))
		}
	}
	if len(fingerprints) != len(run.Results) {
		t.Errorf("fingerprints %v", fingerprints)
	}
	// "\t/* ключ 😀 */ c, _ /* first */ := " has 34 characters, of which one
	// takes two units.
	if r := run.Results[0].Locations[0].PhysicalLocation; r.Region != (sarifRegion{6, 36, 6, 59}) || r.ArtifactLocation != (sarifArtifact{"pkg/a,%20b%25:c.go", "%SRCROOT%"}) {
		t.Errorf("the first is at %+v", r)
	}
	if r := run.Results[1].RelatedLocations[1].PhysicalLocation.ArtifactLocation; r != (sarifArtifact{"file:///elsewhere/gone.go", ""}) {
		t.Errorf("what is elsewhere is at %+v", r)
	}
}
