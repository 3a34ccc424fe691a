package format

import "io"

// GitLab writes a code quality report: a JSON array, an object for each
// finding.
func GitLab(w io.Writer, in *Input) error {
	type lines struct {
		Begin int `json:"begin"`
		End   int `json:"end"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		CheckName   string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	all := []issue{} // an empty report is an empty array
	for _, f := range in.Findings {
		all = append(all, issue{
			Description: f.Message,
			CheckName:   "ctxleak/" + f.Rule,
			Fingerprint: f.Identity,
			Severity:    map[string]string{"low": "minor", "medium": "major", "high": "critical"}[f.Severity],
			Location:    location{in.path(f.Pos.File), lines{f.Pos.Line, f.End.Line}},
		})
	}
	return writeJSON(w, all)
}
