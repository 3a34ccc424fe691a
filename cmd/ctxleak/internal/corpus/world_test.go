package corpus

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/unit"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/driver"
)

var world = flag.String("world", "", "run TestWorld on the parts whose name matches this `regexp`: std, cmd, a module's path, inputs")

// TestMain does what the driver wants of the command in the place of a compiler.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == driver.Lookup {
		os.Exit(driver.Looked(os.Args[2:]))
	}
	os.Exit(m.Run())
}

// TestWorld analyses everything there is: the standard library and the go
// command's own commands; with -corpus, the modules of testdata/corpus, all
// their packages and dependencies; and the inputs of the tests of go/types,
// go/ssa and the compiler. Nothing may panic, and nothing may take more than a
// minute. It tells the packages that took longest:
//
//	go test ./cmd/ctxleak/internal/corpus -run TestWorld -timeout 0 -v -world . -corpus FOLDER
func TestWorld(t *testing.T) {
	if *world == "" {
		t.Skip("needs -world=REGEXP; see docs/contributing.md")
	}
	wanted := regexp.MustCompile(*world)
	w := newWatcher()
	goroot := strings.TrimSpace(string(must(goCommand(".", "env", "GOROOT"))(t)))
	load := func(name, dir string, patterns ...string) {
		if wanted.MatchString(name) {
			t.Run(name, func(t *testing.T) { w.load(t, dir, patterns...) })
		}
	}
	load("std", filepath.Join(goroot, "src"), "std")
	load("cmd", filepath.Join(goroot, "src", "cmd"), "./...")
	if *copies != "" {
		dir, err := filepath.Abs(*copies)
		if err != nil {
			t.Fatal(err)
		}
		modules, _ := tables(t)
		for _, m := range modules {
			if !wanted.MatchString(m.Path) {
				continue
			}
			copied, err := Prepare(dir, m.Path, m.Version)
			if err != nil {
				t.Logf("%v: left out, it cannot be had: %v", m, err)
				continue
			}
			patterns := m.Packages
			if m.Path == "k8s.io/kubernetes" {
				patterns = []string{"./..."}
			}
			load(m.Path, copied, patterns...)
		}
	}
	if wanted.MatchString("inputs") {
		t.Run("inputs", func(t *testing.T) {
			tools := strings.TrimSpace(string(must(goCommand(root, "list", "-m", "-f", "{{.Dir}}", "golang.org/x/tools"))(t)))
			w.inputs(t, filepath.Join(goroot, "test"), filepath.Join(goroot, "src", "internal", "types", "testdata"), filepath.Join(goroot, "src", "cmd", "compile", "internal"), tools)
		})
	}
	w.report(t)
}

func must(out []byte, err error) func(t *testing.T) []byte {
	return func(t *testing.T) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// A watcher runs the analyzer, one package at a time, and measures.
type watcher struct {
	*analysis.Analyzer
	mu       sync.Mutex
	measured []measured
	contexts int
	skipped  map[string]int // by why
	faults   []string
}

type measured struct {
	pkg   string
	lines int
	took  time.Duration
	bytes uint64 // allocated
}

func newWatcher() *watcher {
	a := analyzer.New()
	for name, value := range map[string]string{"level": "all", "account": "json"} {
		if err := a.Flags.Set(name, value); err != nil {
			panic(err)
		}
	}
	w := &watcher{skipped: make(map[string]int)}
	run := a.Run
	a.Run = func(pass *analysis.Pass) (any, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		before, start := allocated(), time.Now()
		result, err := run(pass)
		m := measured{pkg: pass.Pkg.Path(), took: time.Since(start), bytes: allocated() - before}
		for _, f := range pass.Files {
			m.lines += pass.Fset.Position(f.FileEnd).Line
		}
		w.measured = append(w.measured, m)
		if err != nil {
			w.faults = append(w.faults, err.Error())
		}
		if m.took > time.Minute {
			w.faults = append(w.faults, fmt.Sprintf("%s took %v", m.pkg, m.took))
		}
		if r, ok := result.(*analyzer.Result); ok {
			w.contexts += len(r.Account)
			for _, c := range r.Account {
				if c.Fate == analyzer.Skipped {
					w.skipped[c.Why]++
				}
				if strings.HasPrefix(c.Why, "internal error") {
					w.faults = append(w.faults, fmt.Sprintf("%s:%d: %s", c.File, c.Line, c.Why))
				}
			}
		}
		return result, err
	}
	w.Analyzer = a
	return w
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// load analyses packages and all that they import.
func (w *watcher) load(t *testing.T, dir string, patterns ...string) {
	for _, kv := range Env() {
		if name, value, _ := strings.Cut(kv, "="); os.Getenv(name) != value {
			t.Setenv(name, value)
		}
	}
	env, err := driver.Ask(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	before, start := len(w.measured), time.Now()
	res, err := driver.Run(t.Context(), &driver.Config{Analyzer: w.Analyzer, Patterns: patterns, Dir: dir, Env: env, Whole: true})
	if err != nil {
		t.Errorf("left out: %v", err)
		return
	}
	if len(w.measured) == before {
		t.Error("nothing was analysed")
	}
	t.Logf("%d packages named, %d analysed in %v", len(res.Packages), len(w.measured)-before, time.Since(start).Round(time.Second/10))
	runtime.GC()
}

// inputs analyses each Go file under dirs by itself, if it type-checks with the
// standard library alone.
func (w *watcher) inputs(t *testing.T, dirs ...string) {
	out := must(goCommand(root, "list", "-export", "-e", "-deps", "-json=ImportPath,Export", "std"))(t)
	exports := make(map[string]string)
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ ImportPath, Export string }
		if err := dec.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		exports[p.ImportPath] = p.Export
	}
	fset := token.NewFileSet()
	imp := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	files, checked, before := 0, 0, len(w.measured)
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" {
				return err
			}
			files++
			src, err := openGate(name)
			if err != nil {
				return nil
			}
			f, err := parser.ParseFile(fset, name, src, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return nil
			}
			info := unit.NewInfo()
			conf := &types.Config{Importer: imp, Sizes: types.SizesFor("gc", runtime.GOARCH)}
			pkg, err := conf.Check(name, fset, []*ast.File{f}, info)
			if err != nil {
				return nil
			}
			checked++
			pass := unit.NewPass(fset, []*ast.File{f}, pkg, info, conf.Sizes)
			pass.Analyzer = w.Analyzer
			pass.Report = func(analysis.Diagnostic) {}
			w.Run(pass)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d files, %d of them packages by themselves, %d analysed", files, checked, len(w.measured)-before)
}

// openGate reads a file and makes it import context, so that it is analysed
// whatever it does.
func openGate(name string) ([]byte, error) {
	src, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.PackageClauseOnly)
	if err != nil {
		return nil, err
	}
	end := fset.Position(f.Name.End()).Offset
	return slices.Concat(src[:end], []byte(`; import _ "context"`), src[end:]), nil
}

func (w *watcher) report(t *testing.T) {
	var total time.Duration
	lines := 0
	for _, m := range w.measured {
		total += m.took
		lines += m.lines
	}
	t.Logf("%d packages, %d lines, %d contexts, %v", len(w.measured), lines, w.contexts, total.Round(time.Second/10))
	for why, n := range w.skipped {
		t.Logf("%6d contexts not judged: %s", n, why)
	}
	slices.SortFunc(w.measured, func(a, b measured) int { return cmp.Compare(b.took, a.took) })
	t.Log("the slowest:")
	for _, m := range w.measured[:min(10, len(w.measured))] {
		t.Logf("%8v %6d MB %7d lines  %s", m.took.Round(time.Millisecond), m.bytes>>20, m.lines, m.pkg)
	}
	for _, fault := range w.faults {
		t.Error(fault)
	}
}
