package format

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
)

// JSON writes what singlechecker -json writes, byte for byte: for each unit its
// findings, or why it has none.
func JSON(w io.Writer, in *Input) error {
	tree := make(map[string]map[string]any)
	for _, u := range in.Units {
		switch {
		case u.Err != "":
			tree[u.ID] = map[string]any{"ctxleak": jsonError{u.Err}}
		case len(u.Findings) > 0:
			var all []jsonDiagnostic
			for _, f := range u.Findings {
				all = append(all, diagnostic(f))
			}
			tree[u.ID] = map[string]any{"ctxleak": all}
		}
	}
	data, err := json.MarshalIndent(tree, "", "\t")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", data)
	return err
}

// The schema of x/tools' internal/analysis/driverutil.

type jsonError struct {
	Err string `json:"error"`
}

type jsonDiagnostic struct {
	Category       string        `json:"category,omitempty"`
	Posn           string        `json:"posn"`
	End            string        `json:"end"`
	Message        string        `json:"message"`
	SuggestedFixes []jsonFix     `json:"suggested_fixes,omitempty"`
	Related        []jsonRelated `json:"related,omitempty"`
}

type jsonFix struct {
	Message string     `json:"message"`
	Edits   []jsonEdit `json:"edits"`
}

type jsonEdit struct {
	Filename string `json:"filename"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	New      string `json:"new"`
}

type jsonRelated struct {
	Posn    string `json:"posn"`
	End     string `json:"end"`
	Message string `json:"message"`
}

func diagnostic(f finding.Finding) jsonDiagnostic {
	d := jsonDiagnostic{Category: f.Rule, Posn: f.Pos.String(), End: f.End.String(), Message: f.Message}
	for _, fix := range f.Fixes {
		x := jsonFix{Message: fix.Message}
		for _, e := range fix.Edits {
			x.Edits = append(x.Edits, jsonEdit{e.Pos.File, e.Pos.Offset, e.End.Offset, e.New})
		}
		d.SuggestedFixes = append(d.SuggestedFixes, x)
	}
	for _, r := range f.Related {
		d.Related = append(d.Related, jsonRelated{r.Pos.String(), r.End.String(), r.Message})
	}
	return d
}
