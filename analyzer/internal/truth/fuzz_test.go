package truth_test

import (
	"testing"

	"github.com/ctxleak/ctxleak/analyzer/internal/truth"
)

// bytes are choices that the fuzzer makes. Where they end, the first of each
// choice is taken.
type bytes struct{ left []byte }

func (b *bytes) IntN(n int) int {
	if len(b.left) == 0 {
		return 0
	}
	k := int(b.left[0]) % n
	b.left = b.left[1:]
	return k
}

// FuzzPrograms lets the fuzzer choose the program. Each one is compiled and run,
// which takes a second or two:
//
//	go test ./analyzer/internal/truth -run '^$' -fuzz FuzzPrograms -fuzztime=1h
func FuzzPrograms(f *testing.F) {
	a, err := truth.NewAnalysis()
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte{})
	f.Add([]byte("a context that is made in a loop and put into a list"))
	f.Fuzz(func(t *testing.T, choices []byte) {
		p := truth.Generate(&bytes{choices})
		found, reports, err := a.Judge(t.Context(), []*truth.Program{p})
		if err != nil {
			t.Fatalf("%v\n%s", err, p)
		}
		if len(reports) != 1 || reports[0].Uneven {
			t.Errorf("the run tells nothing\n%s", p)
		}
		for _, d := range found {
			if d.Kind == truth.Alarm {
				t.Errorf("%s at line %d: %s\n%s", d.Kind, d.Line, d.Message, p)
			}
		}
	})
}
