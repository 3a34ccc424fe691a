package corpus

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Usage is what a run cost.
type Usage struct {
	Elapsed, CPU time.Duration
	Memory       int64 // the most that was resident, in bytes; 0 where the system does not tell
}

// Run runs the command called tool on the copy of m in dir and returns what it
// reports at level, sorted by place. The test files of m are left out, and what
// the go command prints about modules that only they need is no error.
func Run(tool, dir string, m Module, level string) ([]Finding, Usage, error) {
	cmd := exec.Command(tool, append([]string{"-test=false", "-json", "-level=" + level}, m.Packages...)...)
	cmd.Dir = dir
	cmd.Env = Env()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	start := time.Now()
	err := cmd.Run()
	usage := Usage{Elapsed: time.Since(start)}
	if cmd.ProcessState != nil {
		usage.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		usage.Memory = maxResident(cmd.ProcessState)
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, usage, err
	}
	findings, parseErr := parse(stdout.Bytes(), dir, m)
	switch {
	case parseErr != nil && err != nil:
		return nil, usage, fmt.Errorf("%v: %s", err, lastLine(stderr.Bytes()))
	case parseErr != nil:
		return nil, usage, parseErr
	case err != nil:
		return findings, usage, fmt.Errorf("%v: %s", err, lastLine(stderr.Bytes()))
	}
	return findings, usage, nil
}

// parse reads what -json prints: for each package, by analyzer, a list of
// findings, or an error.
func parse(out []byte, dir string, m Module) ([]Finding, error) {
	var packages map[string]map[string]json.RawMessage
	if err := json.Unmarshal(out, &packages); err != nil {
		return nil, fmt.Errorf("the output is not as -json prints it: %v", err)
	}
	var findings []Finding
	for pkg, analyzers := range packages {
		for _, raw := range analyzers {
			var diagnostics []struct{ Category, Posn string }
			if err := json.Unmarshal(raw, &diagnostics); err != nil {
				return nil, fmt.Errorf("%s: %s", pkg, raw)
			}
			for _, d := range diagnostics {
				file, line, err := position(d.Posn, dir)
				if err != nil {
					return nil, err
				}
				findings = append(findings, Finding{
					Place:   Place{Module: m.Path, File: file, Line: line, Rule: d.Category},
					Version: m.Version,
					Package: pkg,
				})
			}
		}
	}
	slices.SortFunc(findings, func(a, b Finding) int { return comparePlaces(a.Place, b.Place) })
	// A file may belong to several packages; a line may leak twice.
	return slices.CompactFunc(findings, func(a, b Finding) bool { return a.Place == b.Place }), nil
}

// position splits file:line:column, and makes file relative to dir.
func position(posn, dir string) (file string, line int, err error) {
	rest, _, ok := cutLast(posn, ":")
	file, number, ok2 := cutLast(rest, ":")
	line, err = strconv.Atoi(number)
	if !ok || !ok2 || err != nil {
		return "", 0, fmt.Errorf("%q is no position", posn)
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", 0, fmt.Errorf("%s is outside %s", file, dir)
	}
	return filepath.ToSlash(rel), line, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
