package truth

// This file runs programs: a batch is one module, compiled once.

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed testdata/rt testdata/context
var runtime embed.FS

// A Batch is programs printed into packages: each group of them is one, with
// one that it imports.
type Batch struct {
	Programs []*Program
	groups   []*group
}

// perPackage is enough for functions of one package to stand in each other's
// way, and few enough for what costs more than its size.
const perPackage = 200

type group struct {
	first     int // the number of its first program
	main, dep source
}

// A source is one file, and the line at which each program begins.
type source struct {
	name, path, text string
	starts           []int
}

const header = `package %s

import (
	"context"
	"time"

	"oracle/rt"
)

var (
	_ context.Context
	_ time.Duration
	_ = rt.Err
)

`

// NewBatch prints programs.
func NewBatch(programs []*Program) *Batch {
	b := &Batch{Programs: programs}
	for first := 0; first < len(programs); first += perPackage {
		b.groups = append(b.groups, newGroup(programs, first))
	}
	return b
}

func newGroup(programs []*Program, first int) *group {
	k := first / perPackage
	g := &group{
		first: first,
		main:  source{name: fmt.Sprintf("progs%d.go", k), path: fmt.Sprintf("oracle/progs%d", k)},
		dep:   source{name: fmt.Sprintf("dep%d.go", k), path: fmt.Sprintf("oracle/dep%d", k)},
	}
	m, d := &printer{}, &printer{}
	m.text(0, strings.Replace(fmt.Sprintf(header, "progs"), "\"oracle/rt\"", fmt.Sprintf("dep \"oracle/dep%d\"\n\t\"oracle/rt\"", k), 1)+"const _ = dep.Used\n")
	d.text(0, fmt.Sprintf(header, "dep")+"const Used = true\n")
	for i := first; i < min(first+perPackage, len(programs)); i++ {
		g.main.starts, g.dep.starts = append(g.main.starts, m.line), append(g.dep.starts, d.line)
		main, dep := programs[i].Print(i)
		m.text(0, main)
		d.text(0, dep)
	}
	g.main.text, g.dep.text = m.b.String(), d.b.String()
	return g
}

// programAt returns the program that a line of a file belongs to, and the line
// within it, from 1.
func (b *Batch) programAt(s Site) (id, at int) {
	var k int
	if n, _ := fmt.Sscanf(s.File, "progs%d.go", &k); n == 0 {
		fmt.Sscanf(s.File, "dep%d.go", &k)
	}
	g := b.groups[k]
	starts := g.main.starts
	if s.File == g.dep.name {
		starts = g.dep.starts
	}
	i, _ := slices.BinarySearch(starts, s.Line) // the first that begins there or later
	i = max(i-1, 0)
	return g.first + i, s.Line - starts[i]
}

// Seen and Report are what testdata/rt writes.
type (
	Site struct {
		File string
		Line int
	}
	Seen struct {
		Site
		Direct                   bool
		Via                      []Site
		Runs, Leaks, Again, Open int
		Inputs                   string
	}
	Report struct {
		ID, Runs, Panics int
		Capped, Uneven   bool
		Sites            []Seen
	}
)

var readsInput = [4]*regexp.Regexp{
	regexp.MustCompile(`\ba\b`), regexp.MustCompile(`\bb\b`), regexp.MustCompile(`\bc\b`), regexp.MustCompile(`\bn\b`),
}

// harness is the file that lets the group be run.
func (g *group) harness(programs []*Program) string {
	var w strings.Builder
	w.WriteString("package progs\n\nimport (\n\t\"context\"\n\n\t\"oracle/rt\"\n)\n\nvar Programs = []rt.Program{\n")
	for k := range g.main.starts {
		i := g.first + k
		p := programs[i]
		main, dep := p.Print(i)
		_, body, _ := strings.Cut(main, "func run")
		_, body, _ = strings.Cut(body, "\n")
		fmt.Fprintf(&w, "\t{ID: %d, Bubble: %t, Uses: [4]bool{", i, strings.Contains(main+dep, "go ") || strings.Contains(main, "<-"))
		for _, re := range readsInput {
			fmt.Fprintf(&w, "%t, ", re.MatchString(body))
		}
		w.WriteString("}, ")
		if p.Owner == "" {
			fmt.Fprintf(&w, "Once: func(ctx context.Context, i rt.Inputs) { run%d(ctx, i.A, i.B, i.C, i.N) }", i)
		} else {
			init := strings.ReplaceAll(p.Init, "§", fmt.Sprint(i))
			fmt.Fprintf(&w, "Once: func(ctx context.Context, i rt.Inputs) { w := %s; run%d(ctx, w, i.A, i.B, i.C, i.N); %s }, ", init, i, p.Close)
			fmt.Fprintf(&w, "Twice: func(ctx context.Context, i, j rt.Inputs) { w := %s; run%d(ctx, w, i.A, i.B, i.C, i.N); run%d(ctx, w, j.A, j.B, j.C, j.N); %s }", init, i, i, p.Close)
		}
		w.WriteString(p.open(i) + "},\n")
	}
	w.WriteString("}\n")
	return w.String()
}

var method = regexp.MustCompile(`^func \(w \*(owner§_\d+)\) (\w+)(\(.*?\)) {$`)

// open lets all owners of the program be used in any order.
func (p *Program) open(id int) string {
	calls := map[string]string{
		"()":                            "w.(*T).M()",
		"(ctx context.Context)":         "w.(*T).M(ctx)",
		"(ctx context.Context, a bool)": "w.(*T).M(ctx, rt.Ask())",
		"(ctx context.Context, k int)":  "w.(*T).M(ctx, 0)",
		"(k int)":                       "w.(*T).M(0)",
	}
	methods := make(map[string][]string)
	var owners []string
	for _, d := range p.Decls {
		if len(d.Blocks) == 0 {
			continue
		}
		m := method.FindStringSubmatch(d.Blocks[0].Intro)
		if m == nil {
			continue
		}
		if m[2] == "Close" {
			owners = append(owners, m[1])
		} else {
			methods[m[1]] = append(methods[m[1]], strings.NewReplacer("T", m[1], "M", m[2]).Replace(calls[m[3]]))
		}
	}
	var w strings.Builder
	w.WriteString(", Open: []rt.Owner{")
	for _, o := range owners {
		if len(methods[o]) == 0 {
			continue
		}
		for _, init := range p.inits(o) {
			fmt.Fprintf(&w, "{Make: %s, Close: func(w any) { w.(*%s).Close() }, Methods: []func(context.Context, any){", init, o)
			for _, call := range methods[o] {
				fmt.Fprintf(&w, "func(ctx context.Context, w any) { %s }, ", call)
			}
			w.WriteString("}}, ")
		}
	}
	w.WriteString("}")
	return strings.ReplaceAll(w.String(), "§", strconv.Itoa(id))
}

// inits are the ways in which an owner of the type is made: empty, and by its
// constructor.
func (p *Program) inits(owner string) []string {
	all := []string{"func(context.Context) any { return &" + owner + "{} }"}
	for _, d := range p.Decls {
		if strings.HasPrefix(d.Line, "type "+owner+" ") && strings.Contains(d.Line, "subs ") {
			all[0] = "func(context.Context) any { return &" + owner + "{subs: make(map[int]context.CancelFunc)} }"
		}
		if len(d.Blocks) == 0 || !strings.HasPrefix(d.Blocks[0].Intro, "func newO"+owner[1:]+"(") {
			continue
		}
		call := "newO" + owner[1:] + "(ctx, rt.Ask())"
		if strings.Contains(d.Blocks[0].Intro, "error") {
			all = append(all, "func(ctx context.Context) any { if w, err := "+call+"; err == nil { return w }; return nil }")
		} else {
			all = append(all, "func(ctx context.Context) any { return "+call+" }")
		}
	}
	return all
}

// watcher is the test file that runs all groups. A test can make the bubbles
// in which goroutines are waited for.
func (b *Batch) watcher() string {
	var imports, all strings.Builder
	for k := range b.groups {
		fmt.Fprintf(&imports, "\tprogs%d \"oracle/progs%d\"\n", k, k)
		fmt.Fprintf(&all, "progs%d.Programs, ", k)
	}
	return `package watch

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

` + imports.String() + `)

func TestWatch(t *testing.T) {
	out := json.NewEncoder(os.Stdout)
	first, err := strconv.Atoi(os.Getenv("FIRST"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(` + all.String() + `)[first:] {
		hangs := time.AfterFunc(5*time.Second, func() {
			os.Stderr.WriteString("` + neverEnds + `")
			os.Exit(1)
		})
		r := p.Watch(func(f func(wait func())) {
			defer func() { recover() }() // a deadlock: the run says nothing
			synctest.Test(t, func(*testing.T) { f(synctest.Wait) })
		})
		hangs.Stop()
		if err := out.Encode(r); err != nil {
			t.Fatal(err)
		}
	}
}
`
}

// Run compiles and runs the batch in dir.
func (b *Batch) Run(ctx context.Context, dir string) ([]*Report, error) {
	stand := strings.NewReplacer("\t\"context\"\n", "\t\"oracle/context\"\n")
	files := map[string]string{
		"go.mod":              "module oracle\n\ngo 1.26\n",
		"watch/watch_test.go": b.watcher(),
	}
	for _, g := range b.groups {
		for _, src := range []source{g.main, g.dep} {
			files[strings.TrimPrefix(src.path, "oracle/")+"/"+src.name] = stand.Replace(src.text)
		}
		files[strings.TrimPrefix(g.main.path, "oracle/")+"/watch.go"] = g.harness(b.Programs)
	}
	for _, name := range []string{"rt/rt.go", "context/context.go"} {
		data, err := runtime.ReadFile("testdata/" + name)
		if err != nil {
			return nil, err
		}
		files[name] = string(data)
	}
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	exe := filepath.Join(dir, "watch.test")
	build := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-gcflags=oracle/...=-N -l", "-o", exe, "./watch")
	build.Dir = dir
	build.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the batch does not compile: %v\n%s", err, out)
	}
	var reports []*Report
	for len(reports) < len(b.Programs) {
		more, err := b.watch(ctx, exe, len(reports))
		if err != nil {
			return nil, err
		}
		reports = append(reports, more...)
	}
	return reports, nil
}

var died = regexp.MustCompile(`^(fatal error|panic): `)

const neverEnds = "fatal error: the program never ends"

// watch runs the programs from number first on, up to one that takes the whole
// process with it (a goroutine that panics, or is started with a nil function).
// Of that one the report tells of no run.
func (b *Batch) watch(ctx context.Context, exe string, first int) ([]*Report, error) {
	run := exec.CommandContext(ctx, exe, "-test.run=^TestWatch$", "-test.timeout=9m")
	run.Dir = filepath.Dir(exe)
	// One processor, so that a run's schedule is nearly always the same.
	run.Env = append(os.Environ(), "GOMAXPROCS=1", "FIRST="+strconv.Itoa(first))
	var stderr bytes.Buffer
	run.Stderr = &stderr
	out, err := run.Output()
	var reports []*Report
	for _, l := range bytes.Split(out, []byte("\n")) {
		if !bytes.HasPrefix(l, []byte("{")) {
			continue
		}
		r := new(Report)
		if err := json.Unmarshal(l, r); err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	switch at := first + len(reports); {
	case err == nil && at == len(b.Programs):
		return reports, nil
	case at < len(b.Programs) && died.Match(stderr.Bytes()):
		return append(reports, &Report{ID: at}), nil
	default:
		tail := out[max(0, len(out)-2000):]
		return nil, fmt.Errorf("%d of %d programs ran: %v\n%s\n%s", at, len(b.Programs), err, tail, stderr.String())
	}
}
