package format

import (
	"fmt"
	"io"
	"strings"
)

// GitHub writes workflow commands: lines that GitHub Actions turns into
// annotations of a pull request.
func GitHub(w io.Writer, in *Input) error {
	for _, f := range in.Findings {
		level := map[string]string{"high": "error", "medium": "warning"}[f.Severity]
		if level == "" {
			level = "notice"
		}
		message := f.Message
		for i, r := range f.Related {
			message += fmt.Sprintf("\n%d. %s:%d: %s", i+1, in.path(r.Pos.File), r.Pos.Line, r.Message)
		}
		if f.URL != "" {
			message += "\n" + f.URL
		}
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n",
			level, property(in.path(f.Pos.File)), f.Pos.Line, f.End.Line,
			in.Source.Runes(f.Pos), in.Source.Runes(f.End), property("ctxleak "+f.Rule), data(message))
		if err != nil {
			return err
		}
	}
	return nil
}

// data escapes the message of a workflow command: the runner decodes line ends
// and percent signs, and the log shows the rest on a terminal.
func data(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.ReplaceAll(printable(line, true), "%", "%25")
	}
	return strings.Join(lines, "%0A")
}

// property escapes a property of a workflow command, which a colon or a comma
// ends.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C", "%0A", `\n`).Replace(data(s))
}
