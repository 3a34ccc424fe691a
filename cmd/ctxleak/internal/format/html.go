package format

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/finding"
	"github.com/ctxleak/ctxleak/docs"
)

//go:embed html
var htmlFiles embed.FS

// Parsed when it is wanted: go vet starts the command for every package.
var htmlPage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("page.tmpl").ParseFS(htmlFiles, "html/*.tmpl"))
})

// HTML writes one page that needs nothing else: findings by severity and
// package, each with its source, a picture of what keeps the context alive, and
// the mend.
func HTML(w io.Writer, in *Input) error {
	h := &htmlReport{Version: in.Version, Total: len(in.Findings)}
	h.Style = template.CSS(embedded("html/style.css"))
	h.Script = template.JS(embedded("html/page.js"))
	packages := make(map[string]bool)
	for _, severity := range []string{"high", "medium", "low"} {
		g := htmlGroup{Severity: severity, Meaning: meaning[severity]}
		for i := range in.Findings {
			f := &in.Findings[i]
			if f.Severity != severity {
				continue
			}
			packages[f.Package] = true
			g.Count++
			h.number++
			j := slices.IndexFunc(g.Packages, func(p htmlPackage) bool { return p.Path == f.Package })
			if j < 0 {
				j = len(g.Packages)
				g.Packages = append(g.Packages, htmlPackage{Path: printable(f.Package, false)})
			}
			g.Packages[j].Findings = append(g.Packages[j].Findings, in.htmlFinding(f, h.number))
		}
		h.Groups = append(h.Groups, g)
	}
	h.Packages = len(packages)
	h.Title = count(h.Total, "leak") + " in " + count(h.Packages, "package")
	if h.Total == 0 {
		h.Title = "no leaks"
	}
	for _, u := range in.Units {
		if u.Err != "" {
			h.Errors = append(h.Errors, printable(u.ID+": "+u.Err, false))
		}
	}
	return htmlPage().Execute(w, h)
}

func embedded(name string) string {
	data, err := htmlFiles.ReadFile(name)
	if err != nil {
		panic(err) // the name is wrong
	}
	return string(data)
}

type htmlReport struct {
	Title, Version  string
	Total, Packages int
	Groups          []htmlGroup // by severity, the worst first
	Errors          []string    // what was not analysed
	Style           template.CSS
	Script          template.JS
	number          int
}

type htmlGroup struct {
	Severity, Meaning string
	Count             int
	Packages          []htmlPackage
}

type htmlPackage struct {
	Path     string
	Findings []htmlFinding
}

type htmlFinding struct {
	ID                      string
	Severity, Rule, Message string
	URL, Place              string
	Excerpts                []htmlExcerpt
	Steps                   []htmlStep
	Graph                   *htmlGraph
	Fix                     *htmlFix
	Mend                    []htmlBlock
}

type htmlStep struct {
	Number         int
	Place, Message string
	Anchor         string // of the line, if it is shown
}

// htmlFinding is the n-th finding as it is shown.
func (in *Input) htmlFinding(f *finding.Finding, n int) htmlFinding {
	x := htmlFinding{
		ID:       fmt.Sprintf("leak-%d", n),
		Severity: f.Severity,
		Rule:     f.Rule,
		Message:  printable(f.Text(), false),
		URL:      f.URL,
		Place:    in.htmlPlace(f.Pos),
		Graph:    in.graph(f),
		Fix:      in.htmlFix(f),
	}
	x.Excerpts = in.excerpts(f, x.ID)
	shown := make(map[lineOf]bool)
	for _, e := range x.Excerpts {
		for _, l := range e.Lines {
			shown[lineOf{e.file, l.Number}] = !l.Gap
		}
	}
	for i, r := range f.Related {
		s := htmlStep{Number: i + 1, Place: in.htmlPlace(r.Pos), Message: printable(r.Message, false)}
		if shown[lineOf{r.Pos.File, r.Pos.Line}] {
			s.Anchor = lineAnchor(x.ID, x.Excerpts, r.Pos)
		}
		x.Steps = append(x.Steps, s)
	}
	if i := slices.IndexFunc(in.Rules, func(r Rule) bool { return r.Name == f.Rule }); i >= 0 {
		x.Mend = blocks(docs.Section(Linked(in.Rules[i].Page), "How to mend"))
	}
	return x
}

func (in *Input) htmlPlace(p finding.Position) string {
	p.File, _ = relative(in.Root, p.File)
	return printable(p.String(), false)
}

// An htmlBlock is a paragraph of a page, or code.
type htmlBlock struct {
	Code  string
	Spans []htmlSpan
}

// An htmlSpan is a piece of text; code, if Code says so.
type htmlSpan struct {
	Text string
	Code bool
}

// blocks is the little Markdown that the pages have under "How to mend".
func blocks(text string) []htmlBlock {
	var all []htmlBlock
	for part := range strings.SplitSeq(text, "\n\n") {
		if code, ok := strings.CutPrefix(strings.TrimSpace(part), "```go\n"); ok {
			all = append(all, htmlBlock{Code: strings.TrimSuffix(code, "```")})
			continue
		}
		if part = paragraph(part); part == "" {
			continue
		}
		var b htmlBlock
		for i, s := range strings.Split(part, "`") {
			if s != "" {
				b.Spans = append(b.Spans, htmlSpan{s, i%2 == 1})
			}
		}
		all = append(all, b)
	}
	return all
}
