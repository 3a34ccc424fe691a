package doors

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestGopls builds gopls with the analyzer by ctxleak-gopls, and has it check
// files as it does for an editor.
func TestGopls(t *testing.T) {
	open(t, "gopls")
	gopls := gopls(filepath.Join(kept(t, "gopls"), "gopls-ctxleak"))
	must(t, root(t), nil, "go", "run", "./cmd/ctxleak-gopls", "-ctxleak="+root(t), "-o="+string(gopls))

	t.Run("demo", func(t *testing.T) {
		// Folders named testdata are none of an editor's workspace.
		from, env := demo(t)
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		write(t, dir, "go.mod", "module example.com/demo\n\ngo 1.26\n")
		same(t, gopls.diagnostics(t, dir, env), itself(t, dir, env, "", "./..."))
	})
	t.Run("corpus", func(t *testing.T) {
		dir, env := corpus(t)
		same(t, gopls.diagnostics(t, dir, env), itself(t, dir, env, "", "./..."))
	})
	t.Run("type error", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "go.mod", "module example.com/m\n\ngo 1.26\n")
		write(t, dir, "m.go", "package m\n\nimport \"context\"\n\nvar x int = \"\"\n\nfunc f(ctx context.Context) { _, _ = context.WithCancel(ctx) }\n")
		if all := gopls.diagnostics(t, dir, nil); len(all) > 0 {
			t.Errorf("a package that does not type-check has %v", all)
		}
	})
}

// A gopls is the path of a gopls.
type gopls string

// diagnostic is a line of "gopls check".
var diagnostic = regexp.MustCompile(`(?m)^(.+\.go):(\d+):(\d+)(?:-\S+)?: (.* \[[a-z]+\])$`)

// diagnostics are those of ctxleak in the files under dir.
func (g gopls) diagnostics(t *testing.T, dir string, env []string) []found {
	t.Helper()
	args := []string{"check", "-severity=hint"}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			args = append(args, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []found
	for _, m := range diagnostic.FindAllStringSubmatch(must(t, dir, env, string(g), args...), -1) {
		line, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		all = append(all, found{relative(t, dir, m[1]), line, column, m[4]})
	}
	return all
}
