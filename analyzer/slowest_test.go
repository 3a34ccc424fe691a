package analyzer_test

import (
	"flag"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
)

var slowest = flag.String("slowest", "", "run TestSlowest on the module in this `folder`, or on the patterns that follow it after commas")

// TestSlowest tells in which functions of a module, and of what it imports, following
// values takes longest, for all obligations together. None may take a quarter of a
// second:
//
//	go test ./analyzer -run TestSlowest -timeout 0 -v -slowest FOLDER,./...
func TestSlowest(t *testing.T) {
	if *slowest == "" {
		t.Skip("needs -slowest=FOLDER; see docs/contributing.md")
	}
	args := strings.Split(*slowest, ",")
	if len(args) == 1 {
		args = append(args, "./...")
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax | packages.NeedModule, Tests: true, Dir: args[0]}, args[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	w := &stopwatch{stacks: make(map[flow.Oracle][]*lap), took: make(map[*ssa.Function]time.Duration)}
	flow.Timed = w.begin
	defer func() { flow.Timed = nil }()
	// One package at a time: what else runs would count as well.
	if _, err := checker.Analyze([]*analysis.Analyzer{analyzer.New()}, pkgs, &checker.Options{Sequential: true}); err != nil {
		t.Fatal(err)
	}
	all := w.slowest()
	if len(all) == 0 {
		t.Fatal("nothing was followed")
	}
	for _, fn := range all[:min(10, len(all))] {
		report := t.Logf
		if w.took[fn] > time.Second/4 {
			report = t.Errorf
		}
		report("%6.1f ms  %s", w.took[fn].Seconds()*1000, fn)
	}
}

// A stopwatch measures how long each function is followed, without what is followed
// in between.
type stopwatch struct {
	mu     sync.Mutex
	stacks map[flow.Oracle][]*lap // of each package
	took   map[*ssa.Function]time.Duration
}

type lap struct {
	of    *ssa.Function
	since time.Time
}

func (w *stopwatch) begin(o flow.Oracle, fn *ssa.Function) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stop(o)
	w.stacks[o] = append(w.stacks[o], &lap{fn, time.Now()})
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.stop(o)
		stack := w.stacks[o][:len(w.stacks[o])-1]
		if w.stacks[o] = stack; len(stack) > 0 {
			stack[len(stack)-1].since = time.Now()
		}
	}
}

// stop counts the time of the function that is being followed for o, up to now.
// Literals count as the function that they are in.
func (w *stopwatch) stop(o flow.Oracle) {
	stack := w.stacks[o]
	if len(stack) == 0 {
		return
	}
	last := stack[len(stack)-1]
	fn := last.of
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	w.took[fn] += time.Since(last.since)
}

func (w *stopwatch) slowest() []*ssa.Function {
	var all []*ssa.Function
	for fn := range w.took {
		all = append(all, fn)
	}
	slices.SortFunc(all, func(f, g *ssa.Function) int { return int(w.took[g] - w.took[f]) })
	return all
}
