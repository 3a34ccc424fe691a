package format

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// An htmlExcerpt is the part of a file that a finding is about.
type htmlExcerpt struct {
	Name  string
	Lines []htmlLine
	file  string
}

// An htmlLine is a line of it, or the gap that stands for lines left out.
type htmlLine struct {
	Gap    bool
	Number int
	Anchor string
	// Before, Mark, After are its text; Mark is what the finding or a step
	// points at.
	Before, Mark, After string
	Main                bool  // the finding stands here
	Steps               []int // the steps that stand here
	Notes               []string
	Path                bool // between the first and the last line of the story
}

// htmlAround is how many lines are shown on each side of one that matters.
const htmlAround = 2

// excerpts are those of the finding's file and of the others that its steps
// are in, in the order of the story.
func (in *Input) excerpts(f *finding.Finding, id string) []htmlExcerpt {
	files := []string{f.Pos.File}
	for _, r := range f.Related {
		if !slices.Contains(files, r.Pos.File) {
			files = append(files, r.Pos.File)
		}
	}
	var all []htmlExcerpt
	for _, file := range files {
		if e := in.excerpt(f, file, fmt.Sprintf("%s-%d", id, len(all))); len(e.Lines) > 0 {
			all = append(all, e)
		}
	}
	return all
}

func (in *Input) excerpt(f *finding.Finding, file, id string) htmlExcerpt {
	type mark struct{ pos, end finding.Position }
	marks := make(map[int]mark)
	steps := make(map[int][]int)
	notes := make(map[int][]string)
	var matter []int
	note := func(pos, end finding.Position) {
		if pos.File != file {
			return
		}
		if _, ok := marks[pos.Line]; !ok {
			marks[pos.Line] = mark{pos, end}
			matter = append(matter, pos.Line)
		}
	}
	note(f.Pos, f.End)
	for i, r := range f.Related {
		note(r.Pos, r.End)
		if r.Pos.File == file {
			steps[r.Pos.Line] = append(steps[r.Pos.Line], i+1)
			notes[r.Pos.Line] = append(notes[r.Pos.Line], fmt.Sprintf("%d. %s", i+1, printable(r.Message, false)))
		}
	}
	slices.Sort(matter)
	e := htmlExcerpt{file: file}
	e.Name, _ = relative(in.Root, file)
	e.Name = printable(e.Name, false)
	last := 0
	for _, m := range matter {
		for n := max(m-htmlAround, last+1); n <= m+htmlAround; n++ {
			text, ok := in.Source.Line(file, n)
			if !ok {
				continue
			}
			if last > 0 && n > last+1 {
				e.Lines = append(e.Lines, htmlLine{Gap: true, Path: true})
			}
			last = n
			l := htmlLine{
				Number: n,
				Anchor: fmt.Sprintf("%s-%d", id, n),
				Main:   n == f.Pos.Line && file == f.Pos.File,
				Steps:  steps[n],
				Notes:  notes[n],
				Path:   matter[0] <= n && n <= matter[len(matter)-1],
			}
			l.Before, l.Mark, l.After = printable(text, true), "", ""
			if at, ok := marks[n]; ok {
				if from, to, ok := marked(text, at.pos, at.end); ok {
					l.Before, l.Mark, l.After = printable(text[:from], true), printable(text[from:to], true), printable(text[to:], true)
				}
			}
			e.Lines = append(e.Lines, l)
		}
	}
	return e
}

// lineAnchor is the anchor of the line of p in the excerpts of a finding.
func lineAnchor(id string, excerpts []htmlExcerpt, p finding.Position) string {
	for i, e := range excerpts {
		if e.file == p.File {
			return fmt.Sprintf("%s-%d-%d", id, i, p.Line)
		}
	}
	return ""
}

// An htmlFix is a suggested fix as a patch of a few lines.
type htmlFix struct {
	Message string
	Lines   []htmlPatch
}

// An htmlPatch is one line of it, which begins with "+", "-" or " ".
type htmlPatch struct{ Sign, Text string }

// htmlFix is the first of f's fixes, if it is within one file and that is as it
// was analysed.
func (in *Input) htmlFix(f *finding.Finding) *htmlFix {
	if len(f.Fixes) == 0 || !in.local(f.Pos.File, f.Fixes[0]) {
		return nil
	}
	fix := f.Fixes[0]
	edits := slices.SortedFunc(slices.Values(fix.Edits), func(a, b finding.Edit) int { return a.Pos.Offset - b.Pos.Offset })
	text := in.Source.Text(f.Pos.File)
	// The lines that the edits touch, and one on each side.
	from := strings.LastIndex(text[:edits[0].Pos.Offset], "\n") + 1
	from = strings.LastIndex(text[:max(from-1, 0)], "\n") + 1
	to := edits[len(edits)-1].End.Offset
	for range 2 {
		if i := strings.IndexByte(text[to:], '\n'); i >= 0 {
			to += i + 1
		} else {
			to = len(text)
		}
	}
	var fixed strings.Builder
	at := from
	for _, e := range edits {
		if e.Pos.Offset < at {
			return nil // they overlap
		}
		fixed.WriteString(text[at:e.Pos.Offset] + e.New)
		at = e.End.Offset
	}
	fixed.WriteString(text[at:to])
	return &htmlFix{printable(fix.Message, false), patch(lines(text[from:to]), lines(fixed.String()))}
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

// patch turns old into new by a longest common subsequence: a dozen lines.
func patch(old, now []string) []htmlPatch {
	common := make([][]int, len(old)+1)
	for i := range common {
		common[i] = make([]int, len(now)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(now) - 1; j >= 0; j-- {
			if old[i] == now[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var all []htmlPatch
	i, j := 0, 0
	for i < len(old) || j < len(now) {
		switch {
		case i < len(old) && j < len(now) && old[i] == now[j]:
			all = append(all, htmlPatch{" ", printable(old[i], true)})
			i++
			j++
		case i < len(old) && (j == len(now) || common[i+1][j] >= common[i][j+1]):
			all = append(all, htmlPatch{"-", printable(old[i], true)})
			i++
		default:
			all = append(all, htmlPatch{"+", printable(now[j], true)})
			j++
		}
	}
	return all
}
