package rule

import (
	"bytes"
	"cmp"
	"go/format"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// This file keeps fixed code gofmt'd: a line that is added, or a name that grows,
// moves the comments that are aligned beside it. Not all drivers run gofmt.

// tidy extends a fix by what gofmt would change after it, in a file that is
// gofmt'd now.
func (p *Pass) tidy(fix analysis.SuggestedFix) analysis.SuggestedFix {
	if len(fix.TextEdits) == 0 || p.ReadFile == nil {
		return fix
	}
	file := p.Fset.File(fix.TextEdits[0].Pos)
	before, err := p.ReadFile(file.Name())
	if err != nil || len(before) != file.Size() {
		return fix
	}
	if formatted, err := format.Source(before); err != nil || !bytes.Equal(formatted, before) {
		return fix
	}
	after := before
	edits := slices.Clone(fix.TextEdits)
	slices.SortStableFunc(edits, func(a, b analysis.TextEdit) int { return cmp.Compare(b.Pos, a.Pos) })
	for _, e := range edits {
		after = slices.Concat(after[:file.Offset(e.Pos)], e.NewText, after[file.Offset(max(e.Pos, e.End)):])
	}
	formatted, err := format.Source(after)
	if err != nil || bytes.Equal(formatted, after) {
		return fix
	}
	fix.TextEdits = nil
	offset := 0
	for _, h := range changes(bytes.SplitAfter(before, []byte("\n")), bytes.SplitAfter(formatted, []byte("\n"))) {
		offset += h.same
		fix.TextEdits = append(fix.TextEdits, analysis.TextEdit{
			Pos: file.Pos(offset), End: file.Pos(offset + h.removed), NewText: h.added,
		})
		offset += h.removed
	}
	return fix
}

// A hunk is a change of whole lines.
type hunk struct {
	same    int // bytes that are the same before it, since the hunk before
	removed int // bytes that go
	added   []byte
}

// changes are what makes b of a: the fewest lines, by a longest common
// subsequence of what is between the first and the last difference.
func changes(a, b [][]byte) []hunk {
	first := 0
	for first < min(len(a), len(b)) && bytes.Equal(a[first], b[first]) {
		first++
	}
	last := 0
	for last < min(len(a), len(b))-first && bytes.Equal(a[len(a)-1-last], b[len(b)-1-last]) {
		last++
	}
	x, y := a[first:len(a)-last], b[first:len(b)-last]

	common := make([][]int, len(x)+1) // of x[i:] and y[j:]
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if bytes.Equal(x[i], y[j]) {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}

	var all []hunk
	h := hunk{same: len(bytes.Join(a[:first], nil))}
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch {
		case i < len(x) && j < len(y) && bytes.Equal(x[i], y[j]):
			if h.removed > 0 || h.added != nil {
				all, h = append(all, h), hunk{}
			}
			h.same += len(x[i])
			i, j = i+1, j+1
		case i < len(x) && (j == len(y) || common[i+1][j] >= common[i][j+1]):
			h.removed += len(x[i])
			i++
		default:
			h.added = append(h.added, y[j]...)
			j++
		}
	}
	return append(all, h)
}
