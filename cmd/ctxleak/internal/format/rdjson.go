package format

import (
	"encoding/json"
	"io"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// RDJSON writes reviewdog's diagnostic format, one object for the run. Columns
// there are bytes from 1, and ends are exclusive, as ours.
func RDJSON(w io.Writer, in *Input) error {
	result := rdResult{Source: rdSource{"ctxleak", homepage}, Diagnostics: []rdDiagnostic{}}
	for _, f := range in.Findings {
		d := rdDiagnostic{
			Message:  f.Message,
			Location: rdLocation{in.path(f.Pos.File), rdSpan(f.Pos, f.End)},
			Severity: map[string]string{"low": "INFO", "medium": "WARNING", "high": "ERROR"}[f.Severity],
			Code:     rdCode{f.Rule, f.URL},
		}
		for _, r := range f.Related {
			d.Related = append(d.Related, rdRelated{r.Message, rdLocation{in.path(r.Pos.File), rdSpan(r.Pos, r.End)}})
		}
		// A suggestion has no file of its own, and there is no choice
		// between several.
		if len(f.Fixes) > 0 && in.local(f.Pos.File, f.Fixes[0]) {
			for _, e := range f.Fixes[0].Edits {
				d.Suggestions = append(d.Suggestions, rdSuggestion{rdSpan(e.Pos, e.End), e.New})
			}
		}
		result.Diagnostics = append(result.Diagnostics, d)
	}
	return writeJSON(w, result)
}

// local reports whether all edits of fix are in one file, at positions that are
// really there.
func (in *Input) local(file string, fix finding.Fix) bool {
	for _, e := range fix.Edits {
		if e.Pos.File != file || !in.Source.Agrees(e.Pos) || !in.Source.Agrees(e.End) {
			return false
		}
	}
	return len(fix.Edits) > 0
}

type rdResult struct {
	Source      rdSource       `json:"source"`
	Diagnostics []rdDiagnostic `json:"diagnostics"`
}

type rdSource struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

type rdDiagnostic struct {
	Message     string         `json:"message"`
	Location    rdLocation     `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
	Related     []rdRelated    `json:"related_locations,omitempty"`
}

type rdLocation struct {
	Path  string  `json:"path"`
	Range rdRange `json:"range"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column,omitempty"`
}

type rdCode struct {
	Value string `json:"value"`
	URL   string `json:"url"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

type rdRelated struct {
	Message  string     `json:"message"`
	Location rdLocation `json:"location"`
}

func rdSpan(pos, end finding.Position) rdRange {
	return rdRange{rdPosition{pos.Line, pos.Column}, rdPosition{end.Line, end.Column}}
}

const homepage = "https://github.com/ctxleak/ctxleak"

// writeJSON writes v indented, and leaves <, > and & in messages as they are.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
