package doors

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

// open skips the test unless $CTXLEAK_DOORS names the door.
func open(t *testing.T, door string) {
	t.Helper()
	asked := strings.Split(os.Getenv("CTXLEAK_DOORS"), ",")
	if !slices.Contains(asked, door) && !slices.Contains(asked, "all") {
		t.Skipf("CTXLEAK_DOORS does not ask for %s", door)
	}
}

// root is the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// kept is a folder that later runs find again.
func kept(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "ctxleak-doors", name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

var fileBlock = regexp.MustCompile("(?s)<!-- file (\\S+) -->\n```\\w*\n(.*?)```\n")

// shown is the file that docs/integrations.md shows under that name.
func shown(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root(t), "docs/integrations.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range fileBlock.FindAllStringSubmatch(string(page), -1) {
		if m[1] == name {
			return m[2]
		}
	}
	t.Fatalf("docs/integrations.md shows no file %s", name)
	return ""
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	name = filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A result is what a program printed, and its exit status.
type result struct {
	stdout, stderr string
	status         int
}

// try runs a program in dir.
func try(t *testing.T, dir string, env []string, program string, args ...string) result {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// must runs a program that must succeed, and returns what it printed.
func must(t *testing.T, dir string, env []string, program string, args ...string) string {
	t.Helper()
	r := try(t, dir, env, program, args...)
	if r.status != 0 {
		t.Fatalf("%s %s: status %d\n%s%s", program, strings.Join(args, " "), r.status, r.stdout, r.stderr)
	}
	return r.stdout
}

// A found is one finding, the file relative to the folder that was analysed.
type found struct {
	file         string
	line, column int
	message      string
}

func (f found) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.file, f.line, f.column, f.message)
}

func order(a, b found) int { return cmp.Compare(a.String(), b.String()) }

// itself are the findings of the analyzer without any of the programs.
func itself(t *testing.T, dir string, env []string, flags string, patterns ...string) []found {
	t.Helper()
	a := analyzer.New()
	if err := a.Flags.Parse(strings.Fields(flags)); err != nil {
		t.Fatal(err)
	}
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule, Dir: dir, Env: append(os.Environ(), env...), Tests: true,
	}, patterns...)
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatalf("loading %v: %v", patterns, err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	var all []found
	for _, act := range graph.Roots {
		if act.Err != nil {
			t.Fatal(act.Err)
		}
		for _, d := range act.Diagnostics {
			p := act.Package.Fset.Position(d.Pos)
			all = append(all, found{relative(t, dir, p.Filename), p.Line, p.Column, d.Message})
		}
	}
	slices.SortFunc(all, order)
	return slices.Compact(all)
}

func relative(t *testing.T, dir, file string) string {
	t.Helper()
	rel, err := filepath.Rel(dir, file)
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(rel)
}

// same demands equal findings.
func same(t *testing.T, got, want []found) {
	t.Helper()
	slices.SortFunc(got, order)
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("missing: %v", f)
		}
	}
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("more than the analyzer finds: %v", f)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d findings, want %d", len(got), len(want))
	}
	t.Logf("%d findings, those of the analyzer", len(got))
}

// corpus is how to analyse testdata/src, which is a GOPATH.
func corpus(t *testing.T) (dir string, env []string) {
	data := filepath.Join(root(t), "testdata")
	return filepath.Join(data, "src"), []string{"GOPATH=" + data, "GO111MODULE=off", "GOFLAGS=", "GOWORK=off"}
}

// demo is how to analyse testdata/demo.
func demo(t *testing.T) (dir string, env []string) {
	return filepath.Join(root(t), "testdata/demo"), []string{"GOFLAGS=-buildvcs=false", "GOWORK=off"}
}
