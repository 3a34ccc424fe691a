package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestReadme runs the command that the README begins with, and demands what the
// README shows of it: the code, the output, one finding, in package worker.
func TestReadme(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)

	cmd := exec.Command("ctxleak", "./testdata/demo/...")
	cmd.Dir = root
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if exit := (*exec.ExitError)(nil); !errors.As(cmd.Run(), &exit) || exit.ExitCode() != exitFindings {
		t.Errorf("ctxleak ./testdata/demo/...: %v, want status %d", cmd.ProcessState, exitFindings)
	}
	output := strings.ReplaceAll(stderr.String(), root+string(filepath.Separator), "")
	block := "<!-- output of ctxleak ./testdata/demo/... -->\n```text\n" + output + "```\n"
	if !strings.Contains(readme, block) {
		t.Errorf("README.md does not show the output of ctxleak ./testdata/demo/..., which is\n%s", block)
	}
	if n := strings.Count(output, "]\n"); n != 1 || !strings.HasPrefix(output, "testdata/demo/worker/") {
		t.Errorf("%d findings in testdata/demo, want one, in worker:\n%s", n, output)
	}

	worker, err := os.ReadFile(filepath.Join(root, "testdata/demo/worker/worker.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(readme, "```go\n")
	code, _, _ = strings.Cut(code, "```\n")
	if code == "" || !strings.Contains(string(worker), code) {
		t.Errorf("testdata/demo/worker/worker.go does not contain the README's\n%s", code)
	}

	analyzer.New().Flags.VisitAll(func(f *flag.Flag) {
		if isRule(f) {
			row := fmt.Sprintf("| [%s](docs/rules/%[1]s.md) | %s |\n", f.Name, strings.TrimPrefix(f.Usage, "report: "))
			if !strings.Contains(readme, row) {
				t.Errorf("README.md lacks the row\n%s", row)
			}
		}
	})
}
