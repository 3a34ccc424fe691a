package analyzer_test

import (
	"bytes"
	"encoding/gob"
	"go/types"
	"reflect"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/internal/fact"
)

// TestFacts demands each fact of the facts folder to the letter, and that no
// other function has one.
func TestFacts(t *testing.T) {
	analysistest.Run(t, testdata(t), analyzer.New(), "facts", "facts/apart", "facts/user")
}

// TestFactEncoding encodes every fact that the corpus exports ten times, since
// two may agree by luck, and decodes it again.
func TestFactEncoding(t *testing.T) {
	facts, size := 0, 0
	for _, res := range analysistest.Run(withoutFacts{t}, testdata(t), analyzer.New(), "facts", "unclosed/dep", "lostpath/dep", "piledup/dep") {
		for _, all := range res.Facts {
			for _, f := range all {
				ff, ok := f.(*fact.Func)
				if !ok {
					t.Fatalf("fact of type %T", f)
				}
				first := encode(t, ff)
				for range 9 {
					if !bytes.Equal(first, encode(t, ff)) {
						t.Errorf("%v: encodings differ", ff)
					}
				}
				back := new(fact.Func)
				if err := gob.NewDecoder(bytes.NewReader(first)).Decode(back); err != nil || !reflect.DeepEqual(ff, back) {
					t.Errorf("%v comes back as %v (%v)", ff, back, err)
				}
				facts++
				size += len(first)
			}
		}
	}
	if facts < 20 {
		t.Fatalf("only %d facts", facts)
	}
	t.Logf("%d facts, %d bytes with their type descriptions", facts, size)
}

// TestFactsAlone runs each package twice, and the second time for its facts alone,
// where functions on which they do not depend are not built: the facts must be the
// same.
func TestFactsAlone(t *testing.T) {
	a := analyzer.New()
	run, packages := a.Run, 0
	a.Run = func(pass *analysis.Pass) (any, error) {
		whole, alone := make(map[string]*fact.Func), make(map[string]*fact.Func)
		first, second := *pass, *pass
		first.ExportObjectFact = func(obj types.Object, f analysis.Fact) {
			whole[types.ObjectString(obj, nil)] = f.(*fact.Func)
			pass.ExportObjectFact(obj, f)
		}
		second.ExportObjectFact = func(obj types.Object, f analysis.Fact) {
			alone[types.ObjectString(obj, nil)] = f.(*fact.Func)
		}
		second.Report = nil
		if _, err := run(&second); err != nil {
			return nil, err
		}
		result, err := run(&first)
		if !reflect.DeepEqual(whole, alone) {
			t.Errorf("%s: facts %v, alone %v", pass.Pkg.Path(), whole, alone)
		}
		if len(whole) > 0 {
			packages++
		}
		return result, err
	}
	folders := []string{"facts", "facts/apart", "facts/user"}
	for _, more := range ruleFolders {
		folders = append(folders, more...)
	}
	analysistest.Run(withoutFacts{t}, testdata(t), a, folders...)
	if packages < 10 {
		t.Errorf("only %d packages have facts", packages)
	}
}

func encode(t *testing.T, f *fact.Func) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(f); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
