// The bench command measures ctxleak against lostcancel, and against go list, in
// whole runs, interleaved, and prints medians, spread and ratios.
//
// Usage:
//
//	go run ./cmd/ctxleak/internal/bench [-runs 5] [-data FILE] [-only NAMES] DIR PATTERN...
//
// DIR is the folder of a module whose dependencies are downloaded. The
// environment (GOFLAGS, GOWORK, CGO_ENABLED) is handed on. The scenarios are
//
//	compiled   dependencies compiled, nothing kept by us
//	second     results kept, nothing changed, against go list
//	edited     results kept, one file of the first package changed, against go list
//	empty      an empty build cache each time: nothing compiled
//	vet        go vet -vettool, the tool never seen before, dependencies compiled
//	vetedit    go vet -vettool after the change of one file
//	golangci   golangci-lint with ctxleak alone against govet's lostcancel, no
//	           cache of its own; -golangci names one that has the plugin
//	growth     the first pattern, the first two, and so on, against their lines
//
// The file that is changed is put back. Raw data, a JSON object for each run, are
// added to FILE. Memory is the peak of the largest process of the tree; time is
// of the whole tree.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/usage"
)

var (
	runs = flag.Int("runs", 5, "how often each command is run")
	data = flag.String("data", "", "add raw data to `file`")
	only = flag.String("only", "compiled,second,edited,empty,vet,vetedit", "comma-separated scenarios")

	golangci = flag.String("golangci", "", "the `command` of the scenario golangci, a golangci-lint with the plugin")
)

// A measurement is one run of one command.
type measurement struct {
	Scenario, Tool, Module string
	Patterns               []string
	Wall, CPU              float64 // seconds
	MB                     float64
	Status                 int
	Lines                  int `json:",omitempty"` // of the packages named, in the scenario growth
}

// A bench is one module and how to measure it.
type bench struct {
	dir, work string
	patterns  []string
	ctxleak   string
	lost      string
	edited    string // the file that edits change
	all       []*measurement
	round     int
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("bench: ")
	flag.Parse()
	if flag.NArg() < 2 {
		log.Fatal("usage: bench [flags] DIR PATTERN...")
	}
	b := &bench{dir: flag.Arg(0), patterns: flag.Args()[1:]}
	if err := b.run(); err != nil {
		log.Fatal(err)
	}
}

func (b *bench) run() (err error) {
	if b.work, err = os.MkdirTemp("", "ctxleak-bench"); err != nil {
		return err
	}
	defer func() {
		exec.Command("chmod", "-R", "u+w", b.work).Run()
		os.RemoveAll(b.work)
	}()
	b.ctxleak, b.lost = filepath.Join(b.work, "ctxleak"), filepath.Join(b.work, "lostcancel")
	for tool, pkg := range map[string]string{b.ctxleak: "./cmd/ctxleak", b.lost: "./cmd/ctxleak/internal/bench/lostcancel"} {
		cmd := exec.Command("go", "build", "-o", tool, pkg)
		cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %v\n%s", pkg, err, out)
		}
	}
	if b.edited, err = b.firstFile(); err != nil {
		return err
	}
	original, err := os.ReadFile(b.edited)
	if err != nil {
		return err
	}
	defer os.WriteFile(b.edited, original, 0o666)
	edit := func() error {
		b.round++
		return os.WriteFile(b.edited, fmt.Appendf(slices.Clone(original), "\nvar ctxleakBench%d = 0\n", b.round), 0o666)
	}

	kept := "-cache=" + filepath.Join(b.work, "kept")
	golist := append([]string{"go", "list", "-e", "-deps", "-test", "-compiled", "-json=ImportPath"}, b.patterns...)
	ours := func(flags ...string) []string {
		return slices.Concat([]string{b.ctxleak, "-c=-1"}, flags, b.patterns)
	}
	lost := func(flags ...string) []string { return slices.Concat([]string{b.lost}, flags, b.patterns) }
	scenarios := map[string]func() error{
		"compiled": func() error {
			return b.each("compiled", nil, map[string][]string{
				"ctxleak":                ours("-cache=off"),
				"lostcancel":             lost(),
				"ctxleak -test=false":    ours("-cache=off", "-test=false"),
				"lostcancel -test=false": lost("-test=false"),
			})
		},
		"second": func() error {
			return b.each("second", nil, map[string][]string{"ctxleak": ours(kept), "go list": golist})
		},
		"edited": func() error {
			return b.each("edited", edit, map[string][]string{"ctxleak": ours(kept), "go list": golist})
		},
		"empty": func() error {
			return b.each("empty", nil, map[string][]string{
				"ctxleak -test=false":    ours("-cache=off", "-test=false"),
				"lostcancel -test=false": lost("-test=false"),
			})
		},
		"golangci": func() error {
			lint := func(args ...string) []string {
				return slices.Concat([]string{*golangci, "run", "--default=none", "--issues-exit-code=0", "--allow-parallel-runners"}, args, b.patterns)
			}
			config, err := b.golangciConfig()
			if err != nil {
				return err
			}
			return b.each("golangci", nil, map[string][]string{
				"ctxleak":    lint("--config="+config["ctxleak"], "--enable=ctxleak"),
				"lostcancel": lint("--config="+config["lostcancel"], "--enable=govet"),
			})
		},
		"growth":  b.growth,
		"vet":     func() error { return b.vet("vet", nil) },
		"vetedit": func() error { return b.vet("vetedit", edit) },
	}
	if err := b.prepare(ours(kept)); err != nil {
		return err
	}
	for _, name := range strings.Split(*only, ",") {
		f, ok := scenarios[name]
		if !ok {
			return fmt.Errorf("no scenario %s", name)
		}
		if err := f(); err != nil {
			return err
		}
		if err := os.WriteFile(b.edited, original, 0o666); err != nil {
			return err
		}
	}
	if err := b.save(); err != nil {
		return err
	}
	b.print(os.Stdout)
	return nil
}

// prepare compiles what is to be compiled, and fills the cache.
func (b *bench) prepare(fill []string) error {
	compile := []string{"list", "-e", "-export", "-deps", "-json=ImportPath"}
	if *only != "growth" { // which leaves tests out
		compile = append(compile, "-test")
	}
	cmd := exec.Command("go", append(compile, b.patterns...)...)
	cmd.Dir = b.dir
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go list -export: %v", err)
	}
	cmd = exec.Command(fill[0], fill[1:]...)
	cmd.Dir = b.dir
	cmd.Run() // its status tells of findings
	return nil
}

// firstFile is a file of the first package.
func (b *bench) firstFile() (string, error) {
	cmd := exec.Command("go", append([]string{"list", "-f", "{{if .GoFiles}}{{.Dir}}/{{index .GoFiles 0}}{{end}}"}, b.patterns...)...)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	if err != nil {
		return "", err
	}
	files := strings.Fields(string(out))
	if len(files) == 0 {
		return "", fmt.Errorf("no Go files in %v", b.patterns)
	}
	return files[0], nil
}

// each runs the commands in turn, as often as wanted, each first once in a while.
func (b *bench) each(scenario string, before func() error, commands map[string][]string) error {
	var names []string
	for name := range commands {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range *runs {
		for j := range names {
			name := names[(i+j)%len(names)]
			if before != nil {
				if err := before(); err != nil {
					return err
				}
			}
			var env []string
			if scenario == "golangci" {
				cache := filepath.Join(b.work, "golangci-cache")
				os.RemoveAll(cache)
				env = []string{"GOLANGCI_LINT_CACHE=" + cache}
			}
			if scenario == "empty" {
				cache := filepath.Join(b.work, "gocache")
				os.RemoveAll(cache)
				env = []string{"GOCACHE=" + cache}
			}
			if _, err := b.measure(scenario, name, commands[name], env); err != nil {
				return err
			}
		}
	}
	return nil
}

// vet measures go vet with both tools. A tool that go vet has never seen is a
// copy with another build ID, and other bytes at its end.
func (b *bench) vet(scenario string, before func() error) error {
	for i := range *runs {
		tools := []string{b.ctxleak, b.lost}
		if i%2 == 1 {
			slices.Reverse(tools)
		}
		for _, tool := range tools {
			use := tool
			if before == nil {
				program, err := os.ReadFile(tool)
				if err != nil {
					return err
				}
				id, err := exec.Command("go", "tool", "buildid", tool).Output()
				if err != nil {
					return err
				}
				use = filepath.Join(b.work, "fresh", filepath.Base(tool))
				os.MkdirAll(filepath.Dir(use), 0o777)
				if err := os.WriteFile(use, fmt.Appendf(renamed(program, strings.TrimSpace(string(id))), "%d %d", i, time.Now().UnixNano()), 0o777); err != nil {
					return err
				}
			} else {
				// The change is compiled before, as an editor or a build does.
				if err := before(); err != nil {
					return err
				}
				warm := exec.Command("go", append([]string{"vet", "-vettool=" + use}, b.patterns...)...)
				warm.Dir = b.dir
				warm.Run()
				if err := before(); err != nil {
					return err
				}
				compile := exec.Command("go", append([]string{"list", "-e", "-export", "-deps", "-test", "-json=ImportPath"}, b.patterns...)...)
				compile.Dir = b.dir
				compile.Run()
			}
			if _, err := b.measure(scenario, filepath.Base(tool), append([]string{"go", "vet", "-vettool=" + use}, b.patterns...), nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// renamed is a program with another build ID, of which the time takes the end.
func renamed(program []byte, id string) []byte {
	const digits = 20
	if len(id) < digits {
		return program
	}
	return bytes.ReplaceAll(program, []byte(id), fmt.Appendf(nil, "%s%0*d", id[:len(id)-digits], digits, time.Now().UnixNano()))
}

// golangciConfig writes the configurations of golangci-lint for each tool.
func (b *bench) golangciConfig() (map[string]string, error) {
	files := make(map[string]string)
	for name, text := range map[string]string{
		"ctxleak":    "    custom:\n      ctxleak:\n        type: module\n",
		"lostcancel": "    govet:\n      disable-all: true\n      enable: [lostcancel]\n",
	} {
		files[name] = filepath.Join(b.work, name+".yml")
		if err := os.WriteFile(files[name], []byte("version: \"2\"\nlinters:\n  settings:\n"+text), 0o666); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// growth measures the first pattern, the first two, and so on.
func (b *bench) growth() error {
	for i := range *runs {
		for n := 1; n <= len(b.patterns); n++ {
			lines, err := b.lines(b.patterns[:n])
			if err != nil {
				return err
			}
			m, err := b.measure("growth", fmt.Sprintf("%d lines", lines), slices.Concat([]string{b.ctxleak, "-c=-1", "-cache=off", "-test=false"}, b.patterns[:n]), nil)
			if err != nil {
				return err
			}
			m.Lines = lines
			m.Patterns = b.patterns[:n]
		}
		log.Printf("growth: run %d of %d", i+1, *runs)
	}
	return nil
}

// lines counts those of the packages that patterns name.
func (b *bench) lines(patterns []string) (int, error) {
	cmd := exec.Command("go", append([]string{"list", "-e", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}"}, patterns...)...)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, file := range strings.Fields(string(out)) {
		src, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		n += bytes.Count(src, []byte("\n"))
	}
	return n, nil
}

// slope is that of the line through the logarithms of y over those of x, by least
// squares.
func slope(x, y []float64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(x))
	for i := range x {
		a, b := math.Log(x[i]), math.Log(y[i])
		sx, sy, sxx, sxy = sx+a, sy+b, sxx+a*a, sxy+a*b
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

func (b *bench) measure(scenario, tool string, command, env []string) (*measurement, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	cost, err := usage.Run(cmd)
	if cmd.ProcessState == nil {
		return nil, err
	}
	m := measurement{
		Scenario: scenario, Tool: tool, Module: filepath.Base(b.dir), Patterns: b.patterns,
		Wall: cost.Elapsed.Seconds(), CPU: cost.CPU.Seconds(), MB: float64(cost.Memory) / (1 << 20), Status: cmd.ProcessState.ExitCode(),
	}
	if m.Status != 0 && m.Status != 1 && m.Status != 3 {
		return nil, fmt.Errorf("%v: %v\n%s", command, err, stderr.String())
	}
	b.all = append(b.all, &m)
	return &m, nil
}

func (b *bench) save() error {
	if *data == "" {
		return nil
	}
	f, err := os.OpenFile(*data, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	for _, m := range b.all {
		if err := json.NewEncoder(f).Encode(m); err != nil {
			return err
		}
	}
	return f.Close()
}

// print writes a table: median (least–most) of each, and the ratio of medians
// to the last tool of the pair.
func (b *bench) print(w io.Writer) {
	fmt.Fprintf(w, "%s %s, %d runs, %d CPUs, %s\n\n", filepath.Base(b.dir), strings.Join(b.patterns, " "), *runs, runtime.NumCPU(), runtime.Version())
	fmt.Fprintln(w, "| scenario | tool | wall s | CPU s | peak MB |\n|---|---|---|---|---|")
	type key struct{ scenario, tool string }
	var keys []key
	groups := make(map[key][]*measurement)
	for _, m := range b.all {
		k := key{m.Scenario, m.Tool}
		if groups[k] == nil {
			keys = append(keys, k)
		}
		groups[k] = append(groups[k], m)
	}
	slices.SortStableFunc(keys, func(a, b key) int {
		if a.scenario != b.scenario {
			return 0
		}
		return strings.Compare(a.tool, b.tool)
	})
	get := []func(*measurement) float64{
		func(m *measurement) float64 { return m.Wall },
		func(m *measurement) float64 { return m.CPU },
		func(m *measurement) float64 { return m.MB },
	}
	median := func(k key, f func(*measurement) float64) (least, middle, most float64) {
		var v []float64
		for _, m := range groups[k] {
			v = append(v, f(m))
		}
		slices.Sort(v)
		return v[0], v[len(v)/2], v[len(v)-1]
	}
	var lines, wall, cpu []float64
	for _, k := range keys {
		if m := groups[k][0]; m.Lines > 0 {
			_, seconds, _ := median(k, get[0])
			_, work, _ := median(k, get[1])
			lines, wall, cpu = append(lines, float64(m.Lines)), append(wall, seconds), append(cpu, work)
		}
	}
	if len(lines) > 1 {
		defer fmt.Fprintf(w, "\ngrowth: log-log slope of wall time %.2f, of CPU time %.2f\n", slope(lines, wall), slope(lines, cpu))
	}
	for _, k := range keys {
		fmt.Fprintf(w, "| %s | %s |", k.scenario, k.tool)
		for i, f := range get {
			form := " %.2f (%.2f–%.2f) |"
			if i == 2 {
				form = " %.0f (%.0f–%.0f) |"
			}
			least, middle, most := median(k, f)
			fmt.Fprintf(w, form, middle, least, most)
		}
		fmt.Fprintln(w)
		other, isOurs := strings.CutPrefix(k.tool, "ctxleak")
		against := key{k.scenario, "lostcancel" + other}
		if isOurs && groups[against] != nil {
			fmt.Fprintf(w, "| | ratio to %s |", against.tool)
			for _, f := range get {
				_, mine, _ := median(k, f)
				_, theirs, _ := median(against, f)
				fmt.Fprintf(w, " **%.2f** |", mine/theirs)
			}
			fmt.Fprintln(w)
		}
	}
}
