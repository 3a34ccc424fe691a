package analyzer_test

import (
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer"
)

// TestCrash makes the analysis panic: it must end in an error that says where.
func TestCrash(t *testing.T) {
	for name, test := range map[string]struct {
		breakPass func(*analysis.Pass)
		want      []string
	}{
		"before anything": {
			func(p *analysis.Pass) { p.AllObjectFacts = func() []analysis.ObjectFact { panic("boom") } },
			[]string{"internal error in package p: boom; please report it to https://"},
		},
		"at a function": {
			func(p *analysis.Pass) { p.ExportObjectFact = func(types.Object, analysis.Fact) { panic("boom") } },
			[]string{"internal error in package p, summaries, after p.", "(p.go:", ": boom; please report it"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			pass, _ := passOf(t, worst["makers"](3))
			test.breakPass(pass)
			_, err := analyzer.Analyzer.Run(pass)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%v\nwant %s", err, want)
				}
			}
		})
	}
}
