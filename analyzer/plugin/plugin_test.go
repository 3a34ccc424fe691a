package plugin

import (
	"encoding/json"
	"flag"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

func TestRegistered(t *testing.T) {
	newPlugin, err := register.GetPlugin("ctxleak")
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlugin(nil)
	if err != nil {
		t.Fatal(err)
	}
	if mode := p.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Errorf("load mode %q", mode)
	}
}

func TestSettings(t *testing.T) {
	for _, test := range []struct {
		conf map[string]any
		want map[string]string // flags that differ from their defaults
	}{
		{nil, nil},
		{map[string]any{"level": "all", "severity": "high"}, map[string]string{"level": "all", "severity": "high"}},
		{map[string]any{"disable": []any{"stored"}}, map[string]string{"stored": "false"}},
		{map[string]any{"enable": []any{"overwritten", "lostpath"}}, map[string]string{
			"discarded": "false", "dropped": "false", "ignore": "false", "neverreleased": "false", "piledup": "false", "stored": "false", "unclosed": "false",
		}},
	} {
		got := changed(only(t, test.conf))
		if !maps.Equal(got, test.want) {
			t.Errorf("%v sets %v, want %v", test.conf, got, test.want)
		}
	}
}

// TestOwnSettings makes a second plugin, which must not change the first.
func TestOwnSettings(t *testing.T) {
	first := only(t, map[string]any{"level": "all"})
	only(t, map[string]any{"level": "default", "disable": []any{"lostpath"}})
	if got := changed(first); !maps.Equal(got, map[string]string{"level": "all"}) {
		t.Errorf("the first plugin has become %v", got)
	}
	if got := changed(analyzer.Analyzer); len(got) > 0 {
		t.Errorf("analyzer.Analyzer has become %v", got)
	}
}

func TestWrongSettings(t *testing.T) {
	for _, test := range []struct {
		conf any
		want string
	}{
		{map[string]any{"lvl": "all"}, `ctxleak: decoding settings: json: unknown field "lvl"; there are level, severity, enable and disable`},
		{map[string]any{"level": "al"}, `ctxleak: level is "al": must be one of default, all`},
		{map[string]any{"level": 1}, `ctxleak: level wants a string, not a number`},
		{map[string]any{"severity": "warning"}, `ctxleak: severity is "warning": must be one of low, medium, high`},
		{map[string]any{"enable": "stored"}, `ctxleak: enable wants a list, not a string`},
		{map[string]any{"disable": []any{"lostpaht"}}, `ctxleak: disable names the unknown rule "lostpaht"; the rules are discarded, dropped, ignore, lostpath, neverreleased, overwritten, piledup, stored, unclosed`},
		{map[string]any{"disable": []any{true}}, `ctxleak: disable wants a string, not a bool`},
		{map[string]any{"enable": []any{"stored"}, "disable": []any{}}, `ctxleak: enable and disable exclude each other: give the rules that you want, or those that you do not`},
		{[]any{"level"}, `ctxleak: settings wants a mapping, not a list`},
	} {
		p, err := New(test.conf)
		if err == nil || err.Error() != test.want {
			t.Errorf("%v:\ngot  %v\nwant %s", test.conf, err, test.want)
		}
		if p != nil {
			t.Errorf("%v: a plugin beside the error", test.conf)
		}
	}
}

// TestReduced demands the analyzer's findings to the letter, without their
// related positions, and with the first of their fixes.
func TestReduced(t *testing.T) {
	dir, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"lostpath", "fixes"} {
		got, want := said(t, dir, folder, only(t, nil)), said(t, dir, folder, analyzer.New())
		if len(want.messages) == 0 || want.related == 0 || got.related != 0 || !slices.Equal(got.messages, want.messages) || !slices.Equal(got.fixes, want.fixes) {
			t.Errorf("%s: %d findings with %d related positions; the analyzer alone has %d with %d", folder, len(got.messages), got.related, len(want.messages), want.related)
		}
		if folder == "fixes" && (got.alternatives != 0 || want.alternatives == 0) {
			t.Errorf("%d further fixes; the analyzer alone has %d", got.alternatives, want.alternatives)
		}
	}
}

// A report is what an analysis said.
type report struct {
	messages, fixes       []string // the first fix of each finding
	related, alternatives int
}

func said(t *testing.T, dir, folder string, a *analysis.Analyzer) (r report) {
	t.Helper()
	for _, res := range analysistest.Run(silent{}, dir, a, folder) {
		for _, d := range res.Diagnostics {
			r.messages = append(r.messages, d.Message)
			r.related += len(d.Related)
			if len(d.SuggestedFixes) > 0 {
				r.fixes = append(r.fixes, d.SuggestedFixes[0].Message)
				r.alternatives += len(d.SuggestedFixes) - 1
			}
		}
	}
	return r
}

// silent is for runs whose want comments are the subject of other tests.
type silent struct{}

func (silent) Errorf(string, ...any) {}

func only(t *testing.T, conf map[string]any) *analysis.Analyzer {
	t.Helper()
	var raw any
	if conf != nil {
		raw = conf
	}
	p, err := New(raw)
	if err != nil {
		t.Fatal(err)
	}
	all, err := p.BuildAnalyzers()
	if err != nil || len(all) != 1 {
		t.Fatalf("%d analyzers, %v", len(all), err)
	}
	return all[0]
}

// changed are the flags of a that differ from those of a new analyzer.
func changed(a *analysis.Analyzer) map[string]string {
	got := make(map[string]string)
	fresh := analyzer.New()
	a.Flags.VisitAll(func(f *flag.Flag) {
		if f.Value.String() != fresh.Flags.Lookup(f.Name).Value.String() {
			got[f.Name] = f.Value.String()
		}
	})
	return got
}

// TestDependency demands findings of the user's packages, and only facts of
// others.
func TestDependency(t *testing.T) {
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule}, "net/http", "golang.org/x/tools/go/packages", "github.com/ctxleak/ctxleak/analyzer")
	if err != nil || packages.PrintErrors(pkgs) > 0 {
		t.Fatal(err)
	}
	a := only(t, nil)
	want := map[string]bool{"net/http": true, "golang.org/x/tools/go/packages": true, "github.com/ctxleak/ctxleak/analyzer": false}
	for _, p := range pkgs {
		m := new(analysis.Module)
		if p.Module != nil {
			m = &analysis.Module{Path: p.Module.Path, Version: p.Module.Version, Main: p.Module.Main}
		}
		pass := &analysis.Pass{Analyzer: a, Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo, Module: m}
		if got := dependency(pass); got != want[p.PkgPath] {
			t.Errorf("%s: %v, want %v", p.PkgPath, got, want[p.PkgPath])
		}
	}
}

// FuzzSettings makes plugins of any JSON. Settings that are refused name
// themselves, and those that are not make an analyzer.
func FuzzSettings(f *testing.F) {
	for _, conf := range []string{"null", `{}`, `{"level": "all"}`, `{"disable": ["stored"]}`, `{"enable": [], "level": 1}`, `[]`, `"level"`, `{"severity": {"low": null}}`} {
		f.Add(conf)
	}
	f.Fuzz(func(t *testing.T, conf string) {
		var v any
		if json.Unmarshal([]byte(conf), &v) != nil {
			t.Skip()
		}
		p, err := New(v)
		if err != nil {
			if p != nil || !strings.HasPrefix(err.Error(), "ctxleak: ") {
				t.Errorf("%s: %v, %q", conf, p, err)
			}
			return
		}
		all, err := p.BuildAnalyzers()
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %v, %v", conf, all, err)
		}
		if err := analysis.Validate(all); err != nil {
			t.Errorf("%s: %v", conf, err)
		}
	})
}
