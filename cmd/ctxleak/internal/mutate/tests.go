package main

// This file compiles and runs the tests.

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A test is one test function.
type test struct {
	exe, dir, name string
	takes          time.Duration
}

// run runs t with the environment variables, and reports whether it passes.
func (t *test) run(limit time.Duration, env ...string) (out []byte, passes bool) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.exe, "-test.run=^"+t.name+"$", "-test.failfast")
	cmd.Dir = t.dir
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	return out, err == nil
}

// passes reports whether t passes with mutant n on.
func (t *test) passes(n int) bool {
	_, ok := t.run(10*t.takes+5*time.Second, live+"="+strconv.Itoa(n))
	return ok
}

// compile compiles the tests of the packages, but for those skipped.
func compile(dir, overlay string, packages []string, skipped *regexp.Regexp) ([]*test, error) {
	out, err := exec.Command("go", append([]string{"list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}} {{.Dir}}{{end}}"}, packages...)...).Output()
	if err != nil {
		return nil, err
	}
	var tests []*test
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, in, ok := strings.Cut(line, " ")
		if !ok {
			continue
		}
		exe := filepath.Join(dir, fmt.Sprintf("%d.test", i))
		if out, err := exec.Command("go", "test", "-c", "-vet=off", "-overlay="+overlay, "-o", exe, path).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %v\n%s", path, err, out)
		}
		list := exec.Command(exe, "-test.list=^(Test|Fuzz|Example)")
		list.Dir = in
		names, err := list.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %v", path, err)
		}
		for name := range strings.FieldsSeq(string(names)) {
			if skipped != nil && skipped.MatchString(name) {
				continue
			}
			tests = append(tests, &test{exe: exe, dir: in, name: name})
		}
	}
	return tests, nil
}

// survey runs each test without a change: meets[n] are those that meet mutant n,
// the quickest first.
func survey(dir string, tests []*test, mutants int) (meets [][]*test, err error) {
	meets = make([][]*test, mutants+1)
	met := filepath.Join(dir, "met")
	for _, t := range tests {
		start := time.Now()
		if out, ok := t.run(10*time.Minute, reached+"="+met); !ok {
			// What it demands of time, say, is not to be had with the switches.
			log.Printf("%s is left out, it fails without a change:\n%s", t.name, out)
			os.Remove(met)
			continue
		}
		t.takes = time.Since(start)
		data, err := os.ReadFile(met)
		if err != nil && !os.IsNotExist(err) {
			return nil, err
		}
		os.Remove(met)
		for n := range bytes.FieldsSeq(data) {
			if n, err := strconv.Atoi(string(n)); err == nil && n < len(meets) {
				meets[n] = append(meets[n], t)
			}
		}
	}
	for _, all := range meets {
		slices.SortFunc(all, func(a, b *test) int { return int(a.takes - b.takes) })
	}
	return meets, nil
}
