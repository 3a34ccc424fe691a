package identity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/sourcefile"
)

// of writes source and returns the identities of a finding at each line that
// has the word LEAK in it.
func of(t *testing.T, pkg, rule, source string) []string {
	file := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	u := finding.Unit{ID: pkg, Package: pkg}
	offset := 0
	for i, line := range strings.SplitAfter(source, "\n") {
		if strings.Contains(line, "LEAK") {
			u.Findings = append(u.Findings, finding.Finding{Package: pkg, Rule: rule, Pos: finding.Position{File: file, Line: i + 1, Column: 1, Offset: offset}})
		}
		offset += len(line)
	}
	r := finding.New([]finding.Unit{u})
	Set(r, sourcefile.New())
	var ids []string
	for i, f := range r.Findings {
		if f.Identity == "" || r.Units[0].Findings[i].Identity != f.Identity {
			t.Errorf("identities %q, in the unit %q", f.Identity, r.Units[0].Findings[i].Identity)
		}
		ids = append(ids, f.Identity)
	}
	return ids
}

const before = `package p

func (s *S[T]) Do() {
	ctx, _ := context.WithCancel(LEAK)
}
`

func TestSame(t *testing.T) {
	want := of(t, "p", "discarded", before)
	for name, source := range map[string]string{
		"moved":     "// Package p.\n" + strings.Replace(before, "Do() {\n", "Do() {\n\tprintln()\n", 1),
		"indented":  strings.Replace(before, "\tctx", "\t\t\tctx", 1),
		"commented": strings.Replace(before, "(LEAK)", "( LEAK  ) // why", 1),
		"carriage":  strings.ReplaceAll(before, "\n", "\r\n"),
	} {
		if got := of(t, "p", "discarded", source); len(got) != 1 || got[0] != want[0] {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestDifferent(t *testing.T) {
	all := map[string]string{of(t, "p", "discarded", before)[0]: "as it is"}
	for name, ids := range map[string][]string{
		"another rule":    of(t, "p", "lostpath", before),
		"another package": of(t, "q", "discarded", before),
		"another method":  of(t, "p", "discarded", strings.Replace(before, "Do", "Don", 1)),
		"another type":    of(t, "p", "discarded", strings.Replace(before, "*S", "*T", 1)),
		"another line":    of(t, "p", "discarded", strings.Replace(before, "ctx", "c", 1)),
		"twice":           of(t, "p", "discarded", strings.Replace(before, "\n}", "\n\tctx, _ := context.WithCancel(LEAK)\n}", 1))[1:],
		"no function":     of(t, "p", "discarded", "package p\n\nvar ctx, _ = context.WithCancel(LEAK)\n"),
		"no syntax":       of(t, "p", "discarded", "\x00 LEAK ` \" '"),
	} {
		for _, id := range ids {
			if other, ok := all[id]; ok {
				t.Errorf("%s: the same as %s", name, other)
			}
			all[id] = name
		}
	}
	if len(all) != 9 {
		t.Errorf("%d identities", len(all))
	}
}
