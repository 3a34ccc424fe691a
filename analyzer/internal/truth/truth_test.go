package truth_test

import (
	"cmp"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/truth"
)

var (
	count = flag.Int("programs", 400, "how many programs to make, run and compare")
	seed  = flag.Uint64("seed", 1, "of the random programs")
	batch = flag.Int("batch", 4000, "programs compiled together")
	show  = flag.Int("show", 0, "disagreements of each kind, rule and fate to cut down and show")
	only  = flag.String("only", "", "`pattern` of the kinds, rules and fates to show")
	steps = flag.Int("steps", 12, "at most so many to cut them down")
)

func TestMain(m *testing.M) {
	flow.Strict = true
	os.Exit(m.Run())
}

// What is tolerated: false alarms at the default level in 1,000 programs, and
// programs of which nothing is said in 100 that leak.
const (
	alarms = 2
	misses = 15
)

// TestPrograms makes, runs and compares random programs. A long run is
//
//	go test ./analyzer/internal/truth -run TestPrograms -v -programs=100000 -show=3 -timeout=2h
func TestPrograms(t *testing.T) {
	a, err := truth.NewAnalysis()
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(*only)
	type key struct {
		kind       truth.Kind
		rule, fate string
	}
	total := make(map[key]int)
	samples := make(map[key][]truth.Disagreement)
	programs, runs, panics, leaking, capped, uneven, idle := 0, 0, 0, 0, 0, 0, 0
	start := time.Now()
	for first := 0; first < *count; first += *batch {
		var all []*truth.Program
		for i := first; i < min(first+*batch, *count); i++ {
			all = append(all, truth.Generate(rand.New(rand.NewPCG(*seed, uint64(i)))))
		}
		found, reports, err := a.Judge(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d programs after %v: %d disagreements in this batch", min(first+*batch, *count), time.Since(start).Round(time.Second), len(found))
		for _, r := range reports {
			programs++
			runs += r.Runs
			panics += r.Panics
			if r.Capped {
				capped++
			}
			if r.Uneven {
				uneven++
			}
			if r.Runs == 0 {
				idle++
			}
			if slices.ContainsFunc(r.Sites, func(s truth.Seen) bool { return s.Leaks+s.Again > 0 }) {
				leaking++
			}
		}
		for _, d := range found {
			k := key{d.Kind, d.Rule, d.Fate}
			total[k]++
			if len(samples[k]) < *show && wanted.MatchString(fmt.Sprint(k)) {
				samples[k] = append(samples[k], d)
			}
		}
	}
	t.Logf("%d programs, %d runs (%d panicked) in %v: %d leak; of %d not all inputs were tried, %d never returned, %d uneven",
		programs, runs, panics, time.Since(start).Round(time.Second), leaking, capped, idle, uneven)
	of := func(kind truth.Kind) (n int) {
		for k, some := range total {
			if k.kind == kind {
				n += some
			}
		}
		return n
	}
	if n := of(truth.Alarm); 1000*n > alarms*programs {
		t.Errorf("%d false alarms in %d programs", n, programs)
	}
	if n := of(truth.Miss); 100*n > misses*leaking {
		t.Errorf("nothing is said of %d of the %d programs that leak", n, leaking)
	}
	var keys []key
	var toShow []truth.Disagreement
	for k := range total {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(total[b], total[a]), cmp.Compare(a.rule+a.fate, b.rule+b.fate))
	})
	for _, k := range keys {
		t.Logf("%6d %s [%s] %s", total[k], k.kind, k.rule, k.fate)
		toShow = append(toShow, samples[k]...)
	}
	cut, err := a.Minimise(t.Context(), toShow, *steps)
	if err != nil {
		t.Error(err)
	}
	for _, d := range cut {
		t.Logf("%s [%s] %s (%s) at line %d, %s %s\n%s", d.Kind, d.Rule, d.Fate, d.Why, d.Line, d.Message, d.Inputs, d.Program)
	}
}
