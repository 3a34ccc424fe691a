// Package plugin is the analyzer as a module plugin of golangci-lint. Importing
// it registers it there under the name ctxleak; how that is done, and its
// settings, are in docs/integrations.md.
//
// In comes the value of linters.settings.custom.ctxleak.settings; out goes an
// analyzer of its own for each, or an error that names the setting: nothing
// that is misspelt is ignored.
package plugin

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
	"github.com/ctxleak/ctxleak/analyzer/internal/suppress"
)

// The module plugin system finds a plugin by what its package registers when it
// is initialised.
func init() { register.Plugin("ctxleak", New) }

// settings is what can be set in .golangci.yml.
type settings struct {
	Level    string   `json:"level"`    // default or all
	Severity string   `json:"severity"` // low, medium or high
	Enable   []string `json:"enable"`   // only these rules
	Disable  []string `json:"disable"`  // all rules but these
}

// New makes the plugin with the settings conf.
func New(conf any) (register.LinterPlugin, error) {
	a, err := configured(conf)
	if err != nil {
		return nil, fmt.Errorf("ctxleak: %w", err)
	}
	return linter{a}, nil
}

type linter struct{ analyzer *analysis.Analyzer }

func (l linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	return []*analysis.Analyzer{l.analyzer}, nil
}

func (linter) GetLoadMode() string { return register.LoadModeTypesInfo }

func configured(conf any) (*analysis.Analyzer, error) {
	s, err := decode(conf)
	if err != nil {
		return nil, err
	}
	on, err := s.rules()
	if err != nil {
		return nil, err
	}
	a := analyzer.New()
	for _, f := range []struct{ name, value string }{{"level", s.Level}, {"severity", s.Severity}} {
		if f.value == "" {
			continue
		}
		if err := a.Flags.Set(f.name, f.value); err != nil {
			return nil, fmt.Errorf("%s is %q: %w", f.name, f.value, err)
		}
	}
	for name, enabled := range on {
		if err := a.Flags.Set(name, fmt.Sprint(enabled)); err != nil {
			return nil, err
		}
	}
	thrifty(a)
	reduced(a)
	return a, nil
}

// decode reads conf, and refuses what it does not know.
func decode(conf any) (settings, error) {
	if conf == nil {
		return settings{}, nil
	}
	s, err := register.DecodeSettings[settings](conf)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		field := cmp.Or(wrong.Field, "settings")
		kind, _, _ := strings.Cut(wrong.Value, " ") // "number", or "number 1.5"
		return s, fmt.Errorf("%s wants a %s, not a %s", field, words[wrong.Type.Kind().String()], cmp.Or(words[kind], kind))
	} else if err != nil {
		return s, fmt.Errorf("%w; there are level, severity, enable and disable", err)
	}
	return s, nil
}

// words are YAML's for kinds of Go and JSON.
var words = map[string]string{"string": "string", "slice": "list", "array": "list", "struct": "mapping", "object": "mapping"}

// rules says of each rule that s mentions or leaves out whether it is on.
func (s settings) rules() (map[string]bool, error) {
	if s.Enable != nil && s.Disable != nil {
		return nil, errors.New("enable and disable exclude each other: give the rules that you want, or those that you do not")
	}
	var all []string
	for _, r := range suppress.Rules {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	on := make(map[string]bool)
	for _, name := range all {
		on[name] = s.Enable == nil
	}
	for _, list := range []struct {
		name  string
		rules []string
	}{{"enable", s.Enable}, {"disable", s.Disable}} {
		for _, name := range list.rules {
			if !slices.Contains(all, name) {
				return nil, fmt.Errorf("%s names the unknown rule %q; the rules are %s", list.name, name, strings.Join(all, ", "))
			}
			on[name] = list.name == "enable"
		}
	}
	return on, nil
}

// reduced makes of each finding what golangci-lint can take: no related
// positions, of each of which it makes an issue of its own, and one fix, since
// --fix applies all of them at once, alternatives on top of one another.
func reduced(a *analysis.Analyzer) {
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		to := *pass
		to.Report = func(d analysis.Diagnostic) {
			d.Related = nil
			d.SuggestedFixes = d.SuggestedFixes[:min(1, len(d.SuggestedFixes))]
			pass.Report(d)
		}
		return run(&to)
	}
}

// dependency reports whether pass is of a package that golangci-lint only
// analyses for the facts, of which it throws the findings away: one of a
// released module or of the standard library.
func dependency(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" {
		return !m.Main && m.Version != "" && m.Replace == nil
	}
	return gate.Standard(pass)
}
