package corpus

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	copies = flag.String("corpus", "", "run TestCorpus: keep the copies of the modules in this `folder`")
	only   = flag.String("modules", "", "with -corpus: only the modules whose path, or pairs whose name, matches this `regexp`")
	tool   = flag.String("tool", "", "with -corpus: the `command` to run, instead of one built now")
	update = flag.Bool("update", false, "with -corpus: bring findings.tsv up to date, new findings unjudged")
	all    = flag.Bool("all", false, "with -corpus: count what -level=all adds, too")
)

const (
	root         = "../../../.."
	modulesFile  = root + "/testdata/corpus/modules.tsv"
	findingsFile = root + "/testdata/corpus/findings.tsv"
)

func tables(t *testing.T) ([]Module, []Finding) {
	t.Helper()
	f, err := os.Open(modulesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	modules, err := ReadModules(f)
	if err != nil {
		t.Fatalf("%s: %v", modulesFile, err)
	}
	g, err := os.Open(findingsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	findings, err := ReadFindings(g)
	if err != nil {
		t.Fatalf("%s: %v", findingsFile, err)
	}
	return modules, findings
}

// builtTool is the command to run: that of -tool, or one built for this test.
func builtTool(t *testing.T) string {
	t.Helper()
	if *tool != "" {
		return *tool
	}
	built := filepath.Join(t.TempDir(), "ctxleak")
	build := exec.Command("go", "build", "-o", built, "./cmd/ctxleak")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return built
}

// TestCorpus runs the command on every module of testdata/corpus and compares.
// It needs the network, an hour without caches, and -corpus:
//
//	go test ./cmd/ctxleak/internal/corpus -run TestCorpus -timeout 0 -v -corpus FOLDER
//
// It fails where a finding is new or gone. A module that cannot be had, or that
// cannot be loaded, is told and left out.
func TestCorpus(t *testing.T) {
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

	modules, recorded := tables(t)
	byModule := make(map[string][]Finding)
	for _, x := range recorded {
		byModule[x.Module] = append(byModule[x.Module], x)
	}
	heldOut := make(map[string]bool)
	ofAll := make(map[string]int) // by rule, at -level=all
	var now []Finding             // of the modules that were run
	ran := 0
	for _, m := range modules {
		if !pattern.MatchString(m.Path) {
			continue
		}
		heldOut[m.Path] = m.HeldOut
		copied, err := Prepare(dir, m.Path, m.Version)
		if err != nil {
			t.Logf("%v: left out, it cannot be had: %v", m, err)
			continue
		}
		found, usage, err := Run(command, copied, m, "default")
		if err != nil {
			t.Errorf("%v: left out: %v", m, err)
			continue
		}
		ran++
		d := Compare(byModule[m.Path], found)
		t.Logf("%v: %d findings, %s, %s of CPU, %d MB", m, len(found),
			usage.Elapsed.Round(time.Second/10), usage.CPU.Round(time.Second/10), usage.Memory>>20)
		for _, x := range d.Added {
			t.Errorf("added: %v (%s)", x.Place, x.Severity)
		}
		for _, x := range d.Vanished {
			t.Errorf("vanished: %v, which was %s: %s", x.Place, x.Verdict, x.Reason)
		}
		now = append(now, d.Kept...)
		now = append(now, d.Added...)
		byModule[m.Path] = slices.Concat(d.Kept, d.Added)
		if *update {
			record(t, byModule)
		}

		if *all {
			found, _, err := Run(command, copied, m, "all")
			if err != nil {
				t.Errorf("%v: -level=all: %v", m, err)
			}
			for _, x := range found {
				ofAll[x.Rule]++
			}
		}
	}
	if ran == 0 {
		t.Fatal("no module was run")
	}

	var out strings.Builder
	fmt.Fprintf(&out, "%d of %d modules\n", ran, len(modules))
	for _, table := range []struct {
		heading string
		group   func(Finding) string
	}{
		{"module", func(x Finding) string { return x.Module }},
		{"rule", func(x Finding) string { return x.Rule }},
		{"severity", func(x Finding) string { return x.Severity }},
		{"set", func(x Finding) string {
			if heldOut[x.Module] {
				return "held out"
			}
			return "others"
		}},
		{"", func(Finding) string { return "all" }},
	} {
		fmt.Fprintln(&out)
		if err := WriteScores(&out, table.heading, Scores(now, table.group)); err != nil {
			t.Fatal(err)
		}
	}
	if *all {
		fmt.Fprintln(&out, "\nat -level=all:")
		total := 0
		for _, rule := range slices.Sorted(maps.Keys(ofAll)) {
			fmt.Fprintf(&out, "%6d %s\n", ofAll[rule], rule)
			total += ofAll[rule]
		}
		fmt.Fprintf(&out, "%6d in all\n", total)
	}
	t.Log(out.String())
}

// record writes the table of findings. It is called after each module: a run
// takes long, and what it has learned should not be lost.
func record(t *testing.T, byModule map[string][]Finding) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteFindings(&out, slices.Concat(slices.Collect(maps.Values(byModule))...)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(findingsFile, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}
