package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/usage"
)

// Run runs the command called tool on the copy of m in dir and returns what it
// reports at level, sorted by place. The test files of m are left out: they need
// modules that m itself does not.
func Run(tool, dir string, m Module, level string) ([]Finding, usage.Usage, error) {
	cmd := exec.Command(tool, append([]string{"-test=false", "-format=rdjson", "-fail-on=none", "-level=" + level}, m.Packages...)...)
	cmd.Dir = dir
	cmd.Env = Env()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cost, err := usage.Run(cmd)
	if err != nil {
		return nil, cost, fmt.Errorf("%v: %s", err, lastLine(stderr.Bytes()))
	}
	findings, err := parse(stdout.Bytes(), dir, m)
	return findings, cost, err
}

// parse reads what -format=rdjson prints.
func parse(out []byte, dir string, m Module) ([]Finding, error) {
	var report struct {
		Diagnostics []struct {
			Location struct {
				Path  string
				Range struct{ Start struct{ Line int } }
			}
			Severity string
			Code     struct{ Value string }
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		return nil, fmt.Errorf("the output is not as -format=rdjson prints it: %v", err)
	}
	var findings []Finding
	for _, d := range report.Diagnostics {
		file, err := within(dir, d.Location.Path)
		if err != nil {
			return nil, err
		}
		severity, ok := map[string]string{"INFO": "low", "WARNING": "medium", "ERROR": "high"}[d.Severity]
		if !ok || d.Code.Value == "" || d.Location.Range.Start.Line < 1 {
			return nil, fmt.Errorf("%s: rule %q, severity %q, line %d", file, d.Code.Value, d.Severity, d.Location.Range.Start.Line)
		}
		findings = append(findings, Finding{
			Place:    Place{Module: m.Path, File: file, Line: d.Location.Range.Start.Line, Rule: d.Code.Value},
			Version:  m.Version,
			Package:  path.Join(m.Path, path.Dir(file)),
			Severity: severity,
		})
	}
	slices.SortStableFunc(findings, func(a, b Finding) int { return comparePlaces(a.Place, b.Place) })
	// A line may leak twice.
	return slices.CompactFunc(findings, func(a, b Finding) bool { return a.Place == b.Place }), nil
}

// within returns the name of a file in dir, relative to it. The command names
// files from the root of the repository, which may be any folder above dir.
func within(dir, name string) (string, error) {
	for root := dir; ; root = filepath.Dir(root) {
		file := filepath.Join(root, filepath.FromSlash(name))
		rel, err := filepath.Rel(dir, file)
		if _, statErr := os.Stat(file); statErr == nil && err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), nil
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("%s is not in %s", name, dir)
		}
	}
}
