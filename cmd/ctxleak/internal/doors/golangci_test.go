package doors

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestGolangci builds golangci-lint with the plugin by "golangci-lint custom"
// from the page's .custom-gcl.yml, and runs it with the page's .golangci.yml.
func TestGolangci(t *testing.T) {
	open(t, "golangci")
	lint := customGolangci(t)

	t.Run("demo", func(t *testing.T) {
		dir, env := demo(t)
		same(t, lint.issues(t, dir, env, shown(t, ".golangci.yml"), "./..."), itself(t, dir, env, "", "./..."))
	})
	t.Run("corpus", func(t *testing.T) {
		dir, env := corpus(t)
		same(t, lint.issues(t, dir, env, shown(t, ".golangci.yml"), "./..."), itself(t, dir, env, "", "./..."))
	})
	t.Run("settings", func(t *testing.T) {
		dir, env := corpus(t)
		config := edited(t, ".golangci.yml", "level: default      #", "level: all #", "severity: low       #", "severity: medium #", "# disable: [stored]", "disable: [stored, lostpath]\n         #")
		same(t, lint.issues(t, dir, env, config, "./..."), itself(t, dir, env, "-level=all -severity=medium -stored=false -lostpath=false", "./..."))
	})
	t.Run("wrong settings", func(t *testing.T) {
		for _, test := range []struct{ setting, want string }{
			{"lvl: all", `unknown field "lvl"`},
			{"level: al", `level is "al": must be one of default, all`},
			{"level: 1", `level wants a string, not a number`},
			{"disable: [lostpaht]", `disable names the unknown rule "lostpaht"; the rules are discarded, `},
		} {
			dir := t.TempDir()
			write(t, dir, "go.mod", "module example.com/m\n\ngo 1.26\n")
			write(t, dir, "m.go", "package m\n")
			write(t, dir, ".golangci.yml", edited(t, ".golangci.yml", "level: default      #", test.setting+" #"))
			if r := lint.run(t, dir, nil, "./..."); r.status != 3 || !strings.Contains(r.stdout+r.stderr, test.want) {
				t.Errorf("%s: status %d, want 3 and %s\n%s%s", test.setting, r.status, test.want, r.stdout, r.stderr)
			} else {
				t.Logf("%s: %s", test.setting, r.stderr)
			}
		}
	})
	t.Run("fix", lint.fix)
	t.Run("nolint", lint.nolint)
	t.Run("severity and SARIF", lint.sarif)
}

// edited is a file of the page with parts replaced, each of which must be there.
func edited(t *testing.T, name string, oldnew ...string) string {
	t.Helper()
	text := shown(t, name)
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(text, oldnew[i]) {
			t.Fatalf("%s lacks %q", name, oldnew[i])
		}
		text = strings.Replace(text, oldnew[i], oldnew[i+1], 1)
	}
	return text
}

// A golangci is the path of a golangci-lint.
type golangci string

// run runs golangci-lint with ctxleak alone, and without what it leaves out by
// default.
func (g golangci) run(t *testing.T, dir string, env []string, args ...string) result {
	t.Helper()
	all := []string{"run", "--default=none", "--enable=ctxleak", "--uniq-by-line=false", "--max-issues-per-linter=0", "--max-same-issues=0"}
	// Its cache does not tell one build from another.
	return try(t, dir, append(env, "GOLANGCI_LINT_CACHE="+filepath.Join(filepath.Dir(string(g)), "cache")), string(g), append(all, args...)...)
}

// issues runs it with a configuration and returns what it finds.
func (g golangci) issues(t *testing.T, dir string, env []string, config string, patterns ...string) []found {
	t.Helper()
	tmp := t.TempDir()
	write(t, tmp, ".golangci.yml", config)
	out := filepath.Join(tmp, "out.json")
	r := g.run(t, dir, env, append([]string{"--config=" + filepath.Join(tmp, ".golangci.yml"), "--output.json.path=" + out, "--path-mode=abs"}, patterns...)...)
	if r.status != 0 && r.status != 1 {
		t.Fatalf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	var report struct {
		Issues []struct {
			FromLinter, Text string
			Pos              struct {
				Filename     string
				Line, Column int
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, out)), &report); err != nil {
		t.Fatal(err)
	}
	var all []found
	for _, i := range report.Issues {
		if i.FromLinter != "ctxleak" {
			t.Errorf("an issue of %s: %s", i.FromLinter, i.Text)
		}
		all = append(all, found{relative(t, dir, i.Pos.Filename), i.Pos.Line, i.Pos.Column, i.Text})
	}
	return all
}

// fix demands what the golden files of the fixes show, comments where they were.
func (g golangci) fix(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.com/fixes\n\ngo 1.26\n")
	write(t, dir, ".golangci.yml", shown(t, ".golangci.yml"))
	fixes := filepath.Join(root(t), "testdata/src/fixes")
	files := []string{"defer.go", "needless.go", "places.go", "returns.go", "loops.go", "methods.go", "generated.go"}
	for _, name := range files { // owners.go needs errgroup
		write(t, dir, name, read(t, filepath.Join(fixes, name)))
	}
	r := g.run(t, dir, nil, "--fix", "./...")
	if r.status != 1 {
		t.Errorf("status %d, want 1 for what has no fix\n%s%s", r.status, r.stdout, r.stderr)
	}
	for _, name := range files {
		golden := filepath.Join(fixes, name+".golden")
		if _, err := os.Stat(golden); err != nil {
			golden = filepath.Join(fixes, name)
		}
		if got := read(t, filepath.Join(dir, name)); got != read(t, golden) {
			t.Errorf("%s is not as in %s:\n%s", name, golden, got)
		}
	}
	must(t, dir, nil, "go", "build", "./...")
}

// nolint demands that a comment silences, that nolintlint keeps a needed one and
// tells of another, and that a fix leaves it where it was.
func (g golangci) nolint(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.com/m\n\ngo 1.26\n")
	write(t, dir, ".golangci.yml", shown(t, ".golangci.yml"))
	write(t, dir, "m.go", `package m

import "context"

func Silenced(parent context.Context, do func(context.Context) error) error {
	ctx, _ := context.WithCancel(parent) //nolint:ctxleak // on purpose
	return do(ctx)
}

func Clean(parent context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(parent) //nolint:ctxleak // for nothing
	defer cancel()
	return do(ctx)
}
`)
	before := read(t, filepath.Join(dir, "m.go"))
	r := g.run(t, dir, nil, "--enable=nolintlint", "./...")
	const unused = "m.go:11:44: directive `//nolint:ctxleak // for nothing` is unused for linter \"ctxleak\" (nolintlint)"
	if r.status != 0 && !strings.Contains(r.stdout, unused) || strings.Contains(r.stdout, "[discarded]") {
		t.Errorf("status %d, want only %s\n%s%s", r.status, unused, r.stdout, r.stderr)
	}
	g.run(t, dir, nil, "--fix", "./...")
	if after := read(t, filepath.Join(dir, "m.go")); after != before {
		t.Errorf("--fix changed what is silenced:\n%s", after)
	}
}

// sarif demands the severity that a rule of the configuration gives.
func (g golangci) sarif(t *testing.T) {
	dir, env := demo(t)
	tmp := t.TempDir()
	write(t, tmp, ".golangci.yml", shown(t, ".golangci.yml")+`severity:
  default: error
  rules:
    - linters: [ctxleak]
      severity: warning
`)
	out := filepath.Join(tmp, "out.sarif")
	r := g.run(t, dir, env, "--config="+filepath.Join(tmp, ".golangci.yml"), "--output.sarif.path="+out, "./...")
	if r.status != 1 {
		t.Fatalf("status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID, Level string
				Message       struct{ Text string }
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, out)), &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 || len(log.Runs[0].Results) != 1 {
		t.Fatalf("not one result: %+v", log)
	}
	if res := log.Runs[0].Results[0]; res.RuleID != "ctxleak" || res.Level != "warning" || !strings.HasSuffix(res.Message.Text, "[overwritten]") {
		t.Errorf("%+v", res)
	}
}

// customGolangci is a golangci-lint with the plugin of this checkout. It is built
// anew when the analyzer or the page's file has changed.
func customGolangci(t *testing.T) golangci {
	t.Helper()
	top := root(t)
	config := edited(t, ".custom-gcl.yml", "    version: v0.1.0\n", "    path: "+top+"\n")
	version := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(config, "\n", 2)[0], "version: "))

	hash := sha256.New()
	io.WriteString(hash, config)
	if err := filepath.WalkDir(filepath.Join(top, "analyzer"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			fmt.Fprintln(hash, path)
			io.WriteString(hash, read(t, path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	io.WriteString(hash, read(t, filepath.Join(top, "go.mod")))
	dir := filepath.Join(kept(t, "golangci"), fmt.Sprintf("%x", hash.Sum(nil)[:8]))
	binary := filepath.Join(dir, "custom-gcl")
	if _, err := os.Stat(binary); err == nil {
		return golangci(binary)
	}

	begin := time.Now()
	plain := kept(t, "golangci/"+version)
	env := []string{"GOBIN=" + plain, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false"}
	const module = "github.com/golangci/golangci-lint/v2"
	must(t, plain, env, "go", "install", module+"/cmd/golangci-lint@"+version)
	t.Logf("golangci-lint %s is there after %.0f s", version, time.Since(begin).Seconds())

	// It clones its repository: from here, since not all machines reach that.
	var source struct{ Dir string }
	if err := json.Unmarshal([]byte(must(t, plain, env, "go", "mod", "download", "-json", module+"@"+version)), &source); err != nil {
		t.Fatal(err)
	}
	repo := t.TempDir()
	if err := os.CopyFS(repo, os.DirFS(source.Dir)); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "-A"},
		{"-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "commit", "-q", "-m", version},
		{"tag", version},
	} {
		must(t, repo, nil, "git", args...)
	}
	write(t, dir, ".custom-gcl.yml", config)
	must(t, dir, append(slices.Clone(env),
		"GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url.file://"+filepath.ToSlash(repo)+".insteadOf",
		"GIT_CONFIG_VALUE_0=https://github.com/golangci/golangci-lint.git",
	), filepath.Join(plain, "golangci-lint"), "custom")
	t.Logf("custom-gcl is built after %.0f s", time.Since(begin).Seconds())
	return golangci(binary)
}
