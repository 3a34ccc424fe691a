package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestReadme demands that the code that the README begins with is that of package
// worker, and that its table of rules is that of the analyzer. TestDocs demands
// the output.
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
