package sourcefile

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

const text = "package p\r\n\nfunc Do() {\n\t/* ключ 😀 */ run()\n}\n\n" +
	"func (s *S[K, V]) M() {\n}\n\nfunc (S) V() {}\n\n//line other.y:1\nvar x = func() { run() }\n\nfunc last() {\n\trun() }"

func TestSet(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	s := New()
	for n, want := range map[int]string{1: "package p", 2: "", 4: "\t/* ключ 😀 */ run()", 16: "\trun() }"} {
		if got, ok := s.Line(name, n); got != want || !ok {
			t.Errorf("line %d is %q, %v, want %q", n, got, ok, want)
		}
	}
	for _, n := range []int{-1, 0, 17} {
		if got, ok := s.Line(name, n); ok {
			t.Errorf("there is a line %d: %q", n, got)
		}
	}

	// run of line 4 begins at byte 22, character 15, unit 16.
	p := finding.Position{File: name, Line: 4, Column: 22, Offset: 45}
	if got := s.UTF16(p); got != 16 {
		t.Errorf("UTF-16 column %d, want 16", got)
	}
	if got := s.Runes(p); got != 15 {
		t.Errorf("column %d in characters, want 15", got)
	}
	if before, ok := s.Before(p); !ok || before != "\t/* ключ 😀 */ " {
		t.Errorf("before it: %q, %v", before, ok)
	}
	if text[p.Offset:p.Offset+3] != "run" || !s.Agrees(p) {
		t.Errorf("the offset does not agree: %q", text[p.Offset:])
	}
	for _, q := range []finding.Position{
		{File: name, Line: 4, Column: 22, Offset: 44},
		{File: name, Line: 5, Column: 22, Offset: 45},
		{File: name, Line: 4, Column: 22, Offset: -1},
		{File: name, Line: 4, Column: 22, Offset: 1000},
		{File: name + "gone", Line: 4, Column: 22, Offset: 45},
	} {
		if s.Agrees(q) {
			t.Errorf("%+v agrees", q)
		}
	}
	// What is not there has columns all the same.
	for _, q := range []finding.Position{{File: "gone", Line: 1, Column: 5}, {File: name, Line: 4, Column: 500}} {
		if s.UTF16(q) != q.Column || s.Runes(q) != q.Column {
			t.Errorf("columns of %+v: %d, %d", q, s.UTF16(q), s.Runes(q))
		}
	}
	if got := s.UTF16(finding.Position{File: name, Line: 4}); got != 1 {
		t.Errorf("an unknown column is %d", got)
	}

	for line, want := range map[int]string{1: "", 3: "Do", 4: "Do", 5: "Do", 6: "", 7: "(*S).M", 10: "S.V", 13: "", 16: "last"} {
		if got := s.Func(name, line); got != want {
			t.Errorf("line %d is in %q, want %q", line, got, want)
		}
	}
	if got := s.Func("gone", 1); got != "" {
		t.Errorf("a function in a file that is gone: %q", got)
	}
}

func TestTokens(t *testing.T) {
	for line, want := range map[string]string{
		"":                               "",
		"\tctx,cancel:=f( a )  // why":   "ctx , cancel := f ( a )",
		"a := `open":                     "a := `open",
		"x /* one */ = \"a  b\" + 'c'\r": "x = \"a  b\" + 'c'",
		"} else { // \xff":               "} else {",
	} {
		if got := Tokens(line); got != want {
			t.Errorf("Tokens(%q) = %q, want %q", line, got, want)
		}
	}
}
