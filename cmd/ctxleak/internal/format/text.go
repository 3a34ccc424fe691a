package format

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// Text writes findings for people. The first line of each is what editors and
// grep look for, file:line:column: message [rule]; what follows is indented:
//
//	worker.go:82:14: cancel function … is overwritten … [overwritten]
//	   82 | 	ctx, status.cancelFn = context.WithCancel(parentCtx)
//	      | 	            ^~~~~~~~
//	      severity: high, it adds up on a parent that lives on
//	      1. worker.go:82:25: the value is made here
//	      fix: Release the previous value before it is overwritten (ctxleak -fix)
func Text(w io.Writer, in *Input) error {
	t := &text{Input: in}
	for i := range in.Findings {
		if i > 0 && in.Context >= 0 {
			t.buf.WriteByte('\n')
		}
		t.finding(&in.Findings[i])
		if err := t.flush(w); err != nil {
			return err
		}
	}
	return nil
}

type text struct {
	*Input
	buf   bytes.Buffer
	shown map[lineOf]bool // the lines that this finding has shown already
}

type lineOf struct {
	file string
	line int
}

func (t *text) flush(w io.Writer) error {
	_, err := t.buf.WriteTo(w)
	return err
}

// meaning says in the reader's words what a severity stands for.
var meaning = map[string]string{
	"low":    "it goes by itself",
	"medium": "it goes with its parent",
	"high":   "it adds up on a parent that lives on",
}

const indent = "      "

func (t *text) finding(f *finding.Finding) {
	t.shown = make(map[lineOf]bool)
	hue := severityColor[f.Severity]
	fmt.Fprintf(&t.buf, "%s: %s %s\n", t.paint(bold, t.position(f.Pos)), printable(f.Text(), false), t.paint(hue, "["+f.Rule+"]"))
	t.excerpt(f.Pos, f.End, t.Context, hue)
	fmt.Fprintf(&t.buf, "%sseverity: %s", indent, t.paint(hue, f.Severity))
	if m := meaning[f.Severity]; m != "" && f.Rule != "ignore" {
		fmt.Fprintf(&t.buf, ", %s", m)
	}
	t.buf.WriteByte('\n')
	for i, r := range f.Related {
		fmt.Fprintf(&t.buf, "%s%d. %s: %s\n", indent, i+1, t.position(r.Pos), printable(r.Message, false))
		if !t.shown[lineOf{r.Pos.File, r.Pos.Line}] {
			t.excerpt(r.Pos, r.End, min(t.Context, 0), dim)
		}
	}
	for _, fix := range f.Fixes {
		fmt.Fprintf(&t.buf, "%sfix: %s (ctxleak -fix)\n", indent, printable(fix.Message, false))
		break // -fix applies the first only
	}
}

// position is p as a reader in the current folder would name it. A name that
// begins with a colon would be a command to a CI runner.
func (t *text) position(p finding.Position) string {
	p.File, _ = relative(t.Dir, p.File)
	p.File = printable(p.File, false)
	if strings.HasPrefix(p.File, ":") {
		p.File = "./" + p.File
	}
	return p.String()
}

// excerpt shows the line of pos with around lines on each side, and marks what
// stands between pos and end.
func (t *text) excerpt(pos, end finding.Position, around int, hue string) {
	if around < 0 {
		return
	}
	for n := pos.Line - around; n <= pos.Line+around; n++ {
		line, ok := t.Source.Line(pos.File, n)
		if !ok {
			continue
		}
		t.shown[lineOf{pos.File, n}] = true
		fmt.Fprintf(&t.buf, "%s %s\n", t.paint(dim, fmt.Sprintf("%5d |", n)), printable(line, true))
		if n != pos.Line {
			continue
		}
		if before, ok := t.Source.Before(pos); ok {
			fmt.Fprintf(&t.buf, "%s %s%s\n", t.paint(dim, "      |"), blank(before), t.paint(hue, mark(line, pos, end)))
		}
	}
}

// blank is as wide as s is when it is shown.
func blank(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, printable(s, true))
}

// mark underlines what stands between pos and end on line.
func mark(line string, pos, end finding.Position) string {
	from, to, ok := marked(line, pos, end)
	if !ok || to <= from+1 {
		return "^"
	}
	return "^" + strings.Repeat("~", max(0, utf8.RuneCountInString(printable(line[from:to], true))-1))
}

// marked is where what stands between pos and end begins and ends on the line
// of pos. A place that is no span is its word.
func marked(line string, pos, end finding.Position) (from, to int, ok bool) {
	from, to = pos.Column-1, len(line)
	if from < 0 || from > to {
		return 0, 0, false
	}
	if pos == end {
		word := strings.IndexFunc(line[from:], func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		switch {
		case word == 0:
			_, size := utf8.DecodeRuneInString(line[from:])
			to = from + size
		case word > 0:
			to = from + word
		}
	} else if end.Line == pos.Line {
		to = max(from, min(to, end.Column-1))
	}
	return from, to, true
}

// Colours are the sixteen that every terminal's theme has its own idea of.
const (
	bold = "1"
	dim  = "2"
)

var severityColor = map[string]string{"low": "36", "medium": "33", "high": "31"}

func (t *text) paint(color, s string) string {
	if !t.Color || color == "" {
		return s
	}
	return "\x1b[" + color + "m" + s + "\x1b[0m"
}
