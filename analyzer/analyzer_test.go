package analyzer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

// ruleFolders are those of each rule's folder, the folder's own first.
var ruleFolders = map[string][]string{
	"discarded":     {"discarded", "discarded/cmd", "discarded/daemon"},
	"lostpath":      {"lostpath"},
	"overwritten":   {"overwritten", "overwritten/optin"},
	"neverreleased": {"neverreleased"},
	"dropped":       {"dropped"},
	"unclosed":      {"unclosed"},
	"piledup":       {"piledup"},
	"stored":        {"stored"},
	"ignore":        {"ignore", "ignore/unused"},
}

func testdata(t *testing.T) string {
	dir, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestRules runs each rule's folder, in which every leak stands beside a
// twin that must stay silent.
func TestRules(t *testing.T) {
	for rule, pkgs := range ruleFolders {
		t.Run(rule, func(t *testing.T) {
			analysistest.Run(withoutFacts{t}, testdata(t), analyzer.New(), pkgs...)
		})
	}
}

// withoutFacts drops the complaints about facts that no comment expects: what
// a package exports is the subject of the facts folder alone.
type withoutFacts struct{ *testing.T }

func (t withoutFacts) Errorf(format string, args ...any) {
	if msg := fmt.Sprintf(format, args...); !strings.Contains(msg, "unexpected fact") {
		t.Helper()
		t.T.Errorf("%s", msg)
	}
}

// A panic must escape in tests.
func TestMain(m *testing.M) {
	flow.Strict = true
	os.Exit(m.Run())
}
