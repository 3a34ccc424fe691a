package analyzer_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/unit"
)

var worstSize = flag.Int("worst", 2000, "the size of the worst cases of TestWorst")

// worst are packages that no one has written, but that some program might
// generate: each makes one thing that the analysis follows very long, very deep
// or very many.
var worst = map[string]func(n int) string{
	"sequence": func(n int) string { // n contexts, each over before the next
		return function(repeat(n, `	{
		c, cancel := context.WithTimeout(ctx, 1)
		if err := do(c); err != nil {
			cancel()
			return err
		}
		cancel()
	}
`))
	},
	"deferred": func(n int) string { // n contexts, all live to the end
		return function(repeat(n, `	c%[1]d, cancel%[1]d := context.WithTimeout(ctx, 1)
	defer cancel%[1]d()
	if err := do(c%[1]d); err != nil {
		return err
	}
`))
	},
	"branches": func(n int) string { // one context, live over n branches
		return function("	c, cancel := context.WithCancel(ctx)\n" + repeat(n, `	if do(c) != nil {
		println(%[1]d)
	}
`) + "	cancel()\n")
	},
	"conditions": func(n int) string { // one context, whose release depends on n conditions
		return function("	c, cancel := context.WithCancel(ctx)\n	stop := func() {}\n" + repeat(n, `	if b%[1]d := do(c) != nil; b%[1]d {
		stop = cancel
	}
`) + "	stop()\n")
	},
	"switch": func(n int) string {
		return function("	c, cancel := context.WithCancel(ctx)\n	defer cancel()\n	switch k := kind(c); k {\n" + repeat(n, `	case %[1]d:
		c, cancel := context.WithCancel(ctx)
		if do(c) == nil {
			cancel()
		}
`) + "	}\n")
	},
	"chain": func(n int) string { // a value handed on n times
		return function("	c, c0 := context.WithCancel(ctx)\n" + repeat(n, `	c%[2]d := c%[1]d
	if do(c) != nil {
		c%[2]d = func() { c%[1]d() }
	}
`) + fmt.Sprintf("	c%d()\n", n))
	},
	"closures": func(n int) string { // literals inside literals
		n = min(n, 200)
		return function("	c, cancel := context.WithCancel(ctx)\n	_ = c\n" + repeat(n, "	func() {\n") + "	cancel()\n" + repeat(n, "	}()\n"))
	},
	"stores": func(n int) string { // one field, stored to in n methods
		return header + "type s struct{ cancel context.CancelFunc }\n" + repeat(n, `func (s *s) Start%[1]d(ctx context.Context) {
	ctx, s.cancel = context.WithCancel(ctx)
	go do(ctx)
}
`) + "func (s *s) Stop() { s.cancel() }\n"
	},
	"entries": func(n int) string { // one map, filled and emptied in n functions
		return header + "var all = map[string]context.CancelFunc{}\n" + repeat(n, `func Add%[1]d(ctx context.Context, k string) {
	ctx, cancel := context.WithCancel(ctx)
	if old := all[k]; old != nil {
		old()
	}
	all[k] = cancel
	go do(ctx)
}
func Remove%[1]d(k string) {
	all[k]()
	delete(all, k)
}
`)
	},
	"calls": func(n int) string { // functions that hand a context on to one another, in a circle
		return header + repeat(n, `func f%[1]d(ctx context.Context, cancel func()) {
	if do(ctx) == nil {
		f%[2]d(ctx, cancel)
		return
	}
	cancel()
}
`) + fmt.Sprintf("func f%d(ctx context.Context, cancel func()) { f0(ctx, cancel) }\n", n) + `func start(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	f0(ctx, cancel)
}
`
	},
	"makers": func(n int) string { // each returns what the one before it made
		return header + "func F0(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }\n" + repeat(n, `func F%[2]d(ctx context.Context) (context.Context, context.CancelFunc) {
	c, cancel := F%[1]d(ctx)
	if do(c) != nil {
		return c, func() { cancel() }
	}
	return c, cancel
}
`)
	},
	"struct": func(n int) string { // n fields, all released in one method
		return header + "type s struct {\n" + repeat(n, "	c%[1]d context.CancelFunc\n") + "}\nfunc NewS(ctx context.Context) *s {\n	s := new(s)\n" +
			repeat(n, "	_, s.c%[1]d = context.WithCancel(ctx)\n") + "	return s\n}\nfunc (s *s) Stop() {\n" + repeat(n, "	s.c%[1]d()\n") + "}\n"
	},
}

const header = `package p

import "context"

func do(context.Context) error { return nil }
func kind(context.Context) int { return 0 }
`

func function(body string) string {
	return header + "\nfunc F(ctx context.Context) error {\n" + body + "	return nil\n}\n"
}

// repeat formats format n times, with i and i+1.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%[") {
			fmt.Fprintf(&b, format, i, i+1)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

// passOf type-checks src and returns a pass of it, and how many findings it had.
func passOf(tb testing.TB, src string) (pass *analysis.Pass, found *int) {
	tb.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "p.go", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		tb.Fatal(err)
	}
	info := unit.NewInfo()
	conf := &types.Config{Importer: importer.ForCompiler(fset, "source", nil), Error: func(error) {}}
	pkg, err := conf.Check("p", fset, []*ast.File{f}, info)
	if err != nil && !strings.Contains(err.Error(), "declared and not used") {
		tb.Fatal(err)
	}
	found = new(int)
	pass = unit.NewPass(fset, []*ast.File{f}, pkg, info, types.SizesFor("gc", "amd64"))
	pass.Analyzer = analyzer.Analyzer
	pass.ReadFile = func(string) ([]byte, error) { return []byte(src), nil }
	pass.Report = func(analysis.Diagnostic) { *found++ }
	return pass, found
}

// BenchmarkWorst is what the worst cases cost, of two sizes, to show how cost
// grows.
func BenchmarkWorst(b *testing.B) {
	for _, name := range slices.Sorted(maps.Keys(worst)) {
		for _, n := range []int{500, 2000} {
			src := worst[name](n)
			pass, _ := passOf(b, src)
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					if _, err := analyzer.Analyzer.Run(pass); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(strings.Count(src, "\n")), "µs/line")
			})
		}
	}
}

// TestWorst runs each worst case once. It bounds time only where it is out of
// all proportion: work for each function is bounded.
func TestWorst(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(worst)) {
		t.Run(name, func(t *testing.T) {
			pass, found := passOf(t, worst[name](*worstSize))
			start := time.Now()
			if _, err := analyzer.Analyzer.Run(pass); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			t.Logf("%d findings in %v", *found, took.Round(time.Millisecond))
			if took > time.Minute {
				t.Errorf("took %v", took)
			}
		})
	}
}
