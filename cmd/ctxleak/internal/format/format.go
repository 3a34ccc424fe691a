// Package format prints a report: for people in a terminal or a browser, and
// for the machines that take findings in.
//
// In comes an Input, the report with what is known around it; out goes one
// stream of bytes. A format is a function in a file of its own. It decides
// nothing: which findings there are, it is told. Equal inputs make equal bytes.
package format

import (
	"io"
	"path/filepath"
	"strings"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/sourcefile"
)

// An Input is what a format prints.
type Input struct {
	*finding.Report
	Source  *sourcefile.Set
	Version string // of ctxleak
	Rules   []Rule // all there are
	Dir     string // the current folder
	Root    string // the folder that machine formats name files from: the repository's

	// Text only.
	Color   bool
	Context int // lines around the offending one; -1: no excerpt
}

// A Rule is one kind of finding.
type Rule struct {
	Name  string
	Title string // one line, lower case
	URL   string
	Page  string // the rule's page, in Markdown
}

// A Func writes the report of in to w. Errors are those of w.
type Func func(w io.Writer, in *Input) error

// Formats are all formats by the name that -format takes.
var Formats = map[string]Func{
	"text":   Text,
	"json":   JSON,
	"github": GitHub,
	"gitlab": GitLab,
	"rdjson": RDJSON,
	"sarif":  SARIF,
	"html":   HTML,
}

// relative is the name of a file as seen from dir, with slashes, and whether
// it is below dir. What is not keeps its whole path.
func relative(dir, file string) (string, bool) {
	rel, err := filepath.Rel(dir, file)
	if dir == "" || err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.ToSlash(file), false
	}
	return filepath.ToSlash(rel), true
}

// path is the name of a file for machines: from the root, with slashes.
func (in *Input) path(file string) string {
	rel, _ := relative(in.Root, file)
	return rel
}
