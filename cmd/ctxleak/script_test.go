package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/tools/go/analysis/singlechecker"

	"github.com/ctxleak/ctxleak/analyzer"
)

// The test binary is the command, too: under the name ctxleak it does what main
// does, and under the name singlechecker what x/tools makes of the analyzer,
// for scripts to compare.
func TestMain(m *testing.M) {
	lookup() // tests that call run are the command, too
	testscript.Main(m, map[string]func(){
		"ctxleak": func() {
			forgetTestFlags()
			main()
		},
		"singlechecker": func() {
			forgetTestFlags()
			singlechecker.Main(analyzer.Analyzer)
		},
	})
}

// forgetTestFlags leaves singlechecker the empty set of flags that it finds in
// the real command.
func forgetTestFlags() {
	flag.CommandLine = flag.NewFlagSet("ctxleak", flag.ExitOnError)
}

// TestScript runs testdata/script/*.txtar. Beside testscript's commands and
// $CTXLEAK, the path of the command, a script has
//
//	exits N program args...   run program, which must exit with status N
//	findings file             write stdout's -json findings, one a line, to file
//	lines N stream            stdout or stderr must have N lines
//	damage folder             cut off every file of a cache in the middle
//	new N folder              a cache must have N results more than when last asked
//	same name args...         ctxleak -json args... must print the same, and exit
//	                          with the same status, with either driver; name.txt
//	                          and name.err are what it prints
func TestScript(t *testing.T) {
	gocache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			ctxleak, err := exec.LookPath("ctxleak")
			if err != nil {
				return err
			}
			env.Setenv("CTXLEAK", ctxleak)
			// Scripts need the standard library and nothing else; it is
			// compiled already.
			env.Setenv("GOCACHE", strings.TrimSpace(string(gocache)))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("OLDCACHE", strings.TrimSpace(string(gocache)))
			env.Setenv("GOFLAGS", "-mod=mod")
			env.Setenv("GOPROXY", "off")
			env.Setenv("GOTOOLCHAIN", "local")
			env.Setenv("GOWORK", "off")
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root": // to whom no file is closed
				return os.Geteuid() == 0, nil
			case "cgo": // there is a C compiler
			default:
				return false, fmt.Errorf("unknown condition %s", cond)
			}
			cc, err := exec.Command("go", "env", "CC").Output()
			if err == nil {
				_, err = exec.LookPath(strings.TrimSpace(string(cc)))
			}
			return err == nil, nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":    exits,
			"findings": findings,
			"lines":    lines,
			"same":     same,
			"damage":   damage,
			"new":      added,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits N program args...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d\nstdout: %s\nstderr: %s", got, want, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
	}
}

// findings brings two ways of printing into one form: the standalone command
// prints one JSON object with p and its test variant "p [p.test]" side by side,
// go vet one object for each package, with the variant under p's name.
func findings(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: findings file")
	}
	set := make(map[string]bool)
	for dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout"))); ; {
		var packages map[string]map[string][]json.RawMessage
		if err := dec.Decode(&packages); err == io.EOF {
			break
		} else {
			ts.Check(err)
		}
		for _, analyzers := range packages {
			for _, found := range analyzers {
				for _, f := range found {
					var line bytes.Buffer
					ts.Check(json.Compact(&line, f))
					set[line.String()] = true
				}
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(set))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(sorted, "\n")+"\n"), 0o666))
}

func lines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines N stdout|stderr")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	text := ts.ReadFile(args[1])
	if got := strings.Count(text, "\n"); got != want {
		ts.Fatalf("%d lines in %s, want %d:\n%s", got, args[1], want, text)
	}
}

func same(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: same name args...")
	}
	name, args := args[0], args[1:]
	type outcome struct{ status, stdout, stderr string }
	run := func(driver string) outcome {
		err := ts.Exec("ctxleak", slices.Concat([]string{"-driver=" + driver, "-cache=off", "-json"}, args)...)
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			ts.Check(err)
		}
		return outcome{fmt.Sprint(err), ts.ReadFile("stdout"), ts.ReadFile("stderr")}
	}
	fast, slow := run("fast"), run("singlechecker")
	if fast != slow {
		ts.Fatalf("the fast driver gives\n%v\nsinglechecker\n%v", fast, slow)
	}
	ts.Check(os.WriteFile(ts.MkAbs(name+".txt"), []byte(fast.stdout), 0o666))
	ts.Check(os.WriteFile(ts.MkAbs(name+".err"), []byte(fast.stderr), 0o666))
}

func added(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: new N folder")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	results, err := filepath.Glob(ts.MkAbs(args[1]) + "/??/*-a")
	ts.Check(err)
	remembered := "results in " + args[1]
	had, _ := strconv.Atoi(ts.Getenv(remembered)) // none, the first time
	if got := len(results) - had; got != want {
		ts.Fatalf("%d new results in %s, want %d", got, args[1], want)
	}
	ts.Setenv(remembered, strconv.Itoa(len(results)))
}

func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage folder")
	}
	files, err := filepath.Glob(ts.MkAbs(args[0]) + "/??/*")
	ts.Check(err)
	if len(files) == 0 {
		ts.Fatalf("no files in %s", args[0])
	}
	for _, f := range files {
		info, err := os.Stat(f)
		ts.Check(err)
		ts.Check(os.Truncate(f, info.Size()/2))
	}
}
