package changed

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSince makes a repository with every kind of change, under settings that
// change git's output, and asks from a folder below its root.
func TestSince(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, out)
		}
	}
	write := func(name string, lines ...string) {
		t.Helper()
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(config, []byte(`
[user]
	name = t
	email = t@example.com
[diff]
	noprefix = true
	mnemonicPrefix = true
	renames = false
	context = 10
	relative = true
[color]
	ui = always
[core]
	quotePath = true
`), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("GIT_CONFIG_GLOBAL", config)
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)

	const odd = "sub/ключ \"x\"\ty.go"
	run("init", "-q")
	write("sub/edited.go", "1", "2", "3", "4", "5")
	write("sub/removed.go", "1", "2", "3", "4", "5")
	write("old name.go", "1", "2", "3", "4", "5", "6", "7", "8", "9")
	write("same.go", "1", "2")
	write(odd, "1", "2")
	write(".gitignore", "ignored.go")
	run("add", "-A")
	run("commit", "-q", "-m", "one")
	run("tag", "first")

	write("sub/edited.go", "1", "zwei", "3", "++ b/same.go", "4", "5", "-- a", "@@ -1 +1 @@")
	write("committed.go", "1", "2")
	run("mv", "old name.go", "new name.go")
	run("add", "-A")
	run("commit", "-q", "-m", "two")
	write("sub/removed.go", "1", "2", "5")
	write("new name.go", "1", "2", "3", "4", "5", "6", "7", "8", "neun")
	write(odd, "eins", "2")
	write("sub/untracked file.go", "1", "2")
	write("ignored.go", "1")

	s, err := Since(filepath.Join(dir, "sub"), "first")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"sub/edited.go":         "-+-+--++-",
		"sub/removed.go":        "-++--",
		"new name.go":           "--------+-",
		"old name.go":           "---------",
		"same.go":               "--",
		odd:                     "+--",
		"committed.go":          "++-",
		"sub/untracked file.go": "++",
		"ignored.go":            "-",
		"../elsewhere.go":       "-",
		"nonesuch.go":           "-",
	} {
		got := ""
		for line := range want {
			if s.Has(filepath.Join(dir, name), line+1) {
				got += "+"
			} else {
				got += "-"
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}

	// By way of a symbolic link the files have other names.
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err == nil && !s.Has(filepath.Join(link, "sub", "edited.go"), 2) {
		t.Error("not through a symbolic link")
	}

	for rev, want := range map[string]string{
		"nonesuch":                 "git knows no revision",
		"":                         "is no revision",
		"--output=x":               "is no revision",
		"first:same.go":            "git knows no revision",
		"first; echo":              "git knows no revision",
		strings.Repeat("12ab", 10): "git knows no revision",
	} {
		if _, err := Since(dir, rev); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("since %q: %v, want %s", rev, err, want)
		}
	}
	if _, err := Since(t.TempDir(), "HEAD"); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
	t.Setenv("PATH", "")
	if _, err := Since(dir, "HEAD"); err == nil || err.Error() != "there is no git to ask" {
		t.Errorf("without git: %v", err)
	}
}
