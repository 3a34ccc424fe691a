package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommandLine(t *testing.T) {
	out := filepath.Join(t.TempDir(), "my-gopls")
	for _, test := range []struct {
		args           string
		status         int
		stdout, stderr string // what each begins with
	}{
		{"-h", 0, "usage: ctxleak-gopls [flags]\n", ""},
		{"-settings -o=" + out, 0, "VS Code, settings.json:\n    \"go.alternateTools\": {\"gopls\": \"" + filepath.ToSlash(out) + "\"}\n", ""},
		{"-gopls=v0.24.0", 2, "", `ctxleak-gopls: gopls v0.24.0 is not supported: it is tried with v0.23.0 and v0.22.0; "ctxleak-gopls -h" lists the flags` + "\n"},
		{"-gopls=latest", 2, "", "ctxleak-gopls: gopls latest is not supported: "},
		{"-gopls", 2, "", "ctxleak-gopls: flag needs an argument: -gopls; "},
		{"-lvl", 2, "", "ctxleak-gopls: flag provided but not defined: -lvl; "},
		{"./...", 2, "", "ctxleak-gopls: ./... is not a flag; "},
		{"-ctxleak=./nowhere -o=" + out, 1, "", "ctxleak-gopls: -ctxleak=./nowhere is neither a version nor a checkout of ctxleak: "},
	} {
		var stdout, stderr strings.Builder
		if got := run(strings.Fields(test.args), &stdout, &stderr); got != test.status {
			t.Errorf("%s: status %d, want %d", test.args, got, test.status)
		}
		for _, stream := range []struct{ name, got, want string }{{"stdout", stdout.String(), test.stdout}, {"stderr", stderr.String(), test.stderr}} {
			if !strings.HasPrefix(stream.got, stream.want) || stream.want == "" && stream.got != "" {
				t.Errorf("%s: %s is\n%s\nwant\n%s", test.args, stream.name, stream.got, stream.want)
			}
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a binary was written")
	}
}

// TestEditors demands that each editor is told the path, and docs/integrations.md
// tells the same.
func TestEditors(t *testing.T) {
	text := editors("/home/me/go/bin/gopls-ctxleak")
	if n := strings.Count(text, `"/home/me/go/bin/gopls-ctxleak"`); n != 5 || strings.Contains(text, "{gopls}") {
		t.Errorf("the path stands %d times in\n%s", n, text)
	}
	page, err := os.ReadFile("../../docs/integrations.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "```text\n"+text+"```\n") {
		t.Errorf("docs/integrations.md does not show\n%s", text)
	}
}

// TestOlderTools compiles the analyzer with the x/tools that each supported
// gopls requires: gopls does not compile with any other.
func TestOlderTools(t *testing.T) {
	for _, version := range supported {
		t.Run(version, func(t *testing.T) {
			dir, err := download(version)
			if err != nil {
				t.Fatal(err)
			}
			own, err := goCommand(dir, "mod", "edit", "-json")
			if err != nil {
				t.Fatal(err)
			}
			pin, err := required([]byte(own), tools)
			if err != nil {
				t.Fatal(err)
			}
			// Beside a go.mod of another name, go.sum has it, too.
			mod := filepath.Join(t.TempDir(), "older.mod")
			copyFile(t, "../../go.mod", mod)
			copyFile(t, "../../go.sum", strings.TrimSuffix(mod, ".mod")+".sum")
			for _, args := range [][]string{
				{"mod", "edit", "-replace=" + tools + "=" + tools + "@" + pin, mod},
				{"build", "-mod=mod", "-modfile=" + mod, module + "/analyzer"},
			} {
				cmd := exec.Command("go", args...)
				cmd.Dir = "../.."
				cmd.Env = append(os.Environ(), "GOWORK=off")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("with x/tools %s, go %s: %v\n%s", pin, strings.Join(args, " "), err, out)
				}
			}
		})
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o666); err != nil {
		t.Fatal(err)
	}
}
