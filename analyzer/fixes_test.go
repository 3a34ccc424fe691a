package analyzer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestFixes compares what the suggested fixes make of the fixes folder with
// its golden file.
func TestFixes(t *testing.T) {
	analysistest.RunWithSuggestedFixes(withoutFacts{t}, testdata(t), analyzer.New(), "fixes")
}

// TestFixedIsSilent analyses the golden file: it compiles, and only the leaks
// for which no fix is offered are left.
func TestFixedIsSilent(t *testing.T) {
	golden, err := os.ReadFile(filepath.Join(testdata(t), "src/fixes/fixes.go.golden"))
	if err != nil {
		t.Fatal(err)
	}
	fixed, unfixed, ok := strings.Cut(string(golden), "// No fix is offered below")
	if !ok {
		t.Fatal("the golden file lacks the part without fixes")
	}
	var kept strings.Builder
	for line := range strings.Lines(fixed) {
		before, _, _ := strings.Cut(line, "// want")
		kept.WriteString(strings.TrimRight(before, " \n") + "\n")
	}
	gopath := t.TempDir()
	dir := filepath.Join(gopath, "src", "fixed")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "fixed.go"), []byte(kept.String()+"// No fix is offered below"+unfixed), 0o666); err != nil {
		t.Fatal(err)
	}
	analysistest.Run(withoutFacts{t}, gopath, analyzer.New(), "fixed")
}
