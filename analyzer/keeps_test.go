package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestKeeps demands that what a Result says beside the diagnostics goes with
// them: what ends a context is what the message says, if it does.
func TestKeeps(t *testing.T) {
	var paths []string
	for _, pkgs := range ruleFolders {
		paths = append(paths, pkgs...)
	}
	slices.Sort(paths)
	pkgs := load(t, testdata(t), []string{"GOPATH=" + testdata(t), "GO111MODULE=off", "GOPROXY=off", "GOWORK=off"}, paths...)
	graph, err := checker.Analyze([]*analysis.Analyzer{analyzer.New()}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	said, holders := 0, 0
	for _, root := range graph.Roots {
		result := root.Result.(*analyzer.Result)
		if len(result.Keeps) != len(root.Diagnostics) || len(result.Severities) != len(root.Diagnostics) {
			t.Fatalf("%s: %d diagnostics, %d severities, %d keeps", root.Package.PkgPath, len(root.Diagnostics), len(result.Severities), len(result.Keeps))
		}
		for i, d := range root.Diagnostics {
			k := result.Keeps[i]
			message := strings.TrimSuffix(d.Message, " ["+d.Category+"]")
			if _, until, ok := strings.Cut(message, " until "); ok && k.Creator != "" && d.Category != "piledup" {
				said++
				if until != k.Until {
					t.Errorf("%s: %s: until %q", root.Package.Fset.Position(d.Pos), d.Message, k.Until)
				}
			}
			if k.Holder != "" {
				holders++
				if !strings.Contains(message, k.Holder) {
					t.Errorf("%s: %s: held in %q", root.Package.Fset.Position(d.Pos), d.Message, k.Holder)
				}
			}
			if k.Creator == "" && d.Category != "stored" && d.Category != "piledup" && d.Category != "ignore" {
				t.Errorf("%s: %s: made by nobody", root.Package.Fset.Position(d.Pos), d.Message)
			}
		}
	}
	if said < 50 || holders < 50 {
		t.Errorf("only %d messages say until when, only %d have a holder", said, holders)
	}
}
