package analyzer_test

import (
	"flag"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer"
)

// The pages docs/rules/<rule>.md are held to the code: a page can't promise
// what the analyzer doesn't do, nor show a message that it doesn't print.

var update = flag.Bool("update", false, "rewrite the output blocks of docs/rules to what the analyzer says")

const pagesDir = "../docs/rules"

// sections are the headings of every page, in order.
var sections = []string{
	"Why it hurts",
	"Example",
	"Stays silent on",
	"Known limits",
	"How to mend",
	"When no fix is offered",
	"How to suppress",
}

// notRules are the folders of testdata/src that are about something other
// than a rule, with what that is.
var notRules = map[string]string{
	"facts": "what a package exports",
	"fixes": "what the suggested fixes make of leaks",
}

// titles maps each rule to its title. The analyzer itself says which of its
// flags are rules: their usage begins with "report: ".
func titles() map[string]string {
	m := make(map[string]string)
	analyzer.New().Flags.VisitAll(func(f *flag.Flag) {
		if title, ok := strings.CutPrefix(f.Usage, "report: "); ok {
			m[f.Name] = title
		}
	})
	return m
}

// TestRuleNames demands that flag, page, test folder and test of a rule have
// the same name, and that none of them stands alone.
func TestRuleNames(t *testing.T) {
	rules := titles()
	if len(rules) == 0 {
		t.Fatal(`no flag of the analyzer has a usage that begins with "report: "`)
	}
	have := map[string]map[string]bool{
		"page in docs/rules":        {},
		"folder in testdata/src":    {},
		"entry in analyzer_test.go": {},
	}
	for _, name := range base(t, pagesDir+"/*") {
		have["page in docs/rules"][strings.TrimSuffix(name, ".md")] = true
	}
	for _, name := range base(t, "../testdata/src/*") {
		// A dot is that of an import path: a stand-in for another module.
		if !strings.Contains(name, ".") && notRules[name] == "" {
			have["folder in testdata/src"][name] = true
		}
	}
	for name := range ruleFolders {
		if notRules[name] == "" {
			have["entry in analyzer_test.go"][name] = true
		}
	}
	for _, what := range slices.Sorted(maps.Keys(have)) {
		for _, rule := range slices.Sorted(maps.Keys(rules)) {
			if !have[what][rule] {
				t.Errorf("the rule %s has no %s", rule, what)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(have[what])) {
			if _, ok := rules[name]; !ok {
				t.Errorf("the %s called %s belongs to no rule", what, name)
			}
		}
	}
}

// TestPageForm demands of each page the title that its rule's flag has, and
// all sections.
func TestPageForm(t *testing.T) {
	for _, p := range pages(t) {
		if want := "# " + p.rule + ": " + titles()[p.rule]; p.lines[0] != want {
			t.Errorf("%s:1: the title is\n\t%s\nwant\n\t%s", p.path, p.lines[0], want)
		}
		var have []string
		for _, line := range p.lines {
			if h, ok := strings.CutPrefix(line, "## "); ok {
				have = append(have, h)
			}
		}
		if !slices.Equal(have, sections) {
			t.Errorf("%s: the sections are\n\t%q\nwant\n\t%q", p.path, have, sections)
		}
	}
}

// TestPages runs the analyzer over the Go blocks of the pages. The comment
// above a block says what must come of it:
//
//	<!-- bad -->     the page's rule reports it, once or more
//	<!-- good -->    nothing is reported
//	<!-- missed -->  nothing is reported, though it leaks: a known limit
//	<!-- wrong -->   the page's rule reports it, though it doesn't leak: likewise
//
// Further words are flags of the analyzer, as in <!-- bad -level=all -->. What
// is reported stands in a text block under <!-- output -->, a line for each
// diagnostic: line and column in the Go block, and the message.
func TestPages(t *testing.T) {
	all := pages(t)
	said := analyzeBlocks(t, all)
	for _, p := range all {
		if *update {
			p.update(t, said)
			continue
		}
		kinds := make(map[string]bool)
		for _, b := range p.blocks {
			kinds[b.kind] = true
			at := fmt.Sprintf("%s:%d", p.path, b.line)
			reports := b.kind == "bad" || b.kind == "wrong"
			switch {
			case reports && len(said[b]) == 0:
				t.Errorf("%s: nothing is reported of this <!-- %s --> block", at, b.kind)
			case !reports && len(said[b]) > 0:
				t.Errorf("%s: reported of this <!-- %s --> block:\n\t%s", at, b.kind, strings.Join(lines(said[b]), "\n\t"))
			case !slices.Equal(lines(said[b]), b.output):
				t.Errorf("%s: the output is\n\t%s\nwant\n\t%s\nto accept what it is: go test ./analyzer -run TestPages -update",
					at, strings.Join(lines(said[b]), "\n\t"), strings.Join(b.output, "\n\t"))
			}
			for _, d := range said[b] {
				if d.Category != p.rule {
					t.Errorf("%s: reported by another rule: %s", at, d.Message)
				}
			}
		}
		if !kinds["bad"] || !kinds["good"] {
			t.Errorf("%s: a page needs a <!-- bad --> and a <!-- good --> block", p.path)
		}
	}
}

// A page is a rule's page.
type page struct {
	path   string
	rule   string
	lines  []string
	blocks []*block
}

// A block is a Go block of a page and what is said of it.
type block struct {
	kind     string // bad, good, missed, wrong
	flags    string
	line     int // of the fence, from 1
	code     string
	output   []string
	from, to int // the output's place among the page's lines; 0, 0: none
}

// pages reads all pages that belong to a rule.
func pages(t *testing.T) []*page {
	var all []*page
	for _, name := range base(t, pagesDir+"/*.md") {
		if rule := strings.TrimSuffix(name, ".md"); titles()[rule] != "" { // else TestRuleNames says so
			p, err := readPage(filepath.Join(pagesDir, name), rule)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	return all
}

var marker = regexp.MustCompile(`^<!-- (bad|good|missed|wrong|output)((?: -\S+)*) -->$`)

// readPage reads a page. Every Go block must have a comment above it, and
// every comment its block.
func readPage(path, rule string) (*page, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p := &page{path: path, rule: rule, lines: strings.Split(string(text), "\n")}
	var mark []string // the comment that waits for its block
	var last *block   // the Go block that waits for its output
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		fence := strings.HasPrefix(line, "```")
		if mark != nil && !fence && line != "" {
			return nil, fmt.Errorf("%s:%d: a block must follow %s", path, i+1, mark[0])
		}
		if m := marker.FindStringSubmatch(line); m != nil {
			mark = m
		}
		if !fence {
			continue
		}
		n := slices.Index(p.lines[i+1:], "```")
		if n < 0 {
			return nil, fmt.Errorf("%s:%d: the block doesn't end", path, i+1)
		}
		body := p.lines[i+1 : i+1+n]
		switch {
		case line == "```text" && mark != nil && mark[1] == "output" && last != nil:
			last.output, last.from, last.to = body, i+1, i+1+n
			last = nil
		case line == "```go" && mark != nil && mark[1] != "output":
			last = &block{kind: mark[1], flags: mark[2], line: i + 1, code: strings.Join(body, "\n") + "\n"}
			p.blocks = append(p.blocks, last)
		case line == "```go" || mark != nil:
			return nil, fmt.Errorf("%s:%d: the comment above this block doesn't fit it", path, i+1)
		}
		mark = nil
		i += n + 1
	}
	return p, nil
}

// update rewrites the output blocks of the page.
func (p *page) update(t *testing.T, said map[*block][]reported) {
	for _, b := range slices.Backward(p.blocks) {
		if b.from > 0 {
			p.lines = slices.Replace(p.lines, b.from, b.to, lines(said[b])...)
		} else if len(said[b]) > 0 {
			t.Errorf("%s:%d: this block has no output block that could be written to", p.path, b.line)
		}
	}
	if err := os.WriteFile(p.path, []byte(strings.Join(p.lines, "\n")), 0o666); err != nil {
		t.Error(err)
	}
}

// analyzeBlocks makes a package of each Go block, in one module, and runs the
// analyzer over them. They may import the standard library only.
func analyzeBlocks(t *testing.T, all []*page) map[*block][]reported {
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module pages\n\ngo 1.26\n")
	byPath := make(map[string]*block)
	for _, p := range all {
		for i, b := range p.blocks {
			name := fmt.Sprintf("%s/%d", p.rule, i)
			byPath["pages/"+name] = b
			write(name+"/"+p.rule+".md.go", b.code)
		}
	}
	said := make(map[*block][]reported)
	byFlags := make(map[string][]*packages.Package)
	for _, pkg := range load(t, dir, []string{"GO111MODULE=on", "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off"}, "./...") {
		flags := byPath[pkg.PkgPath].flags
		byFlags[flags] = append(byFlags[flags], pkg)
	}
	for flags, pkgs := range byFlags {
		for path, diags := range analyze(t, flags, pkgs) {
			said[byPath[path]] = diags
		}
	}
	return said
}

// A reported diagnostic.
type reported struct {
	Pos                    token.Position
	Category, Message, URL string
}

func (r reported) String() string {
	return fmt.Sprintf("%d:%d: %s", r.Pos.Line, r.Pos.Column, r.Message)
}

func lines(all []reported) []string {
	var ss []string
	for _, r := range all {
		ss = append(ss, r.String())
	}
	return ss
}

// load loads packages with the syntax of all their dependencies, as
// singlechecker does for an analyzer with facts.
func load(t *testing.T, dir string, env []string, patterns ...string) []*packages.Package {
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.LoadAllSyntax | packages.NeedModule,
		Dir:  dir,
		Env:  append(os.Environ(), env...),
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range pkgs {
		for _, err := range pkg.Errors {
			t.Errorf("%s: %v", pkg.PkgPath, err)
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return pkgs
}

// analyze runs a new analyzer with the given flags and returns what it
// reports of each package.
func analyze(t *testing.T, flags string, pkgs []*packages.Package) map[string][]reported {
	a := analyzer.New()
	if err := a.Flags.Parse(strings.Fields(flags)); err != nil {
		t.Fatal(err)
	}
	graph, err := checker.Analyze([]*analysis.Analyzer{a}, pkgs, nil)
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]reported)
	for _, root := range graph.Roots {
		if root.Err != nil {
			t.Errorf("%s: %v", root.Package.PkgPath, root.Err)
		}
		for _, d := range root.Diagnostics {
			all[root.Package.PkgPath] = append(all[root.Package.PkgPath],
				reported{root.Package.Fset.Position(d.Pos), d.Category, d.Message, d.URL})
		}
	}
	return all
}

// base returns the base names of the files that match pattern.
func base(t *testing.T, pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		names[i] = filepath.Base(name)
	}
	return names
}

// TestDesignBounds holds the table of bounds in docs/design.md to the code.
func TestDesignBounds(t *testing.T) {
	design, err := os.ReadFile("../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(\\w+ = \\d+)` \\| (\\S+\\.go) \\|").FindAllStringSubmatch(string(design), -1)
	if len(rows) == 0 {
		t.Error("docs/design.md has no table of bounds")
	}
	for _, row := range rows {
		code, err := os.ReadFile(filepath.Join("internal", row[2]))
		if err != nil {
			t.Error(err)
		} else if !strings.Contains(string(code), "const "+row[1]+"\n") {
			t.Errorf("docs/design.md says that %s has %q", row[2], row[1])
		}
	}
}

// TestPackageDoc holds the list of rules in the package's doc comment to the
// flags.
func TestPackageDoc(t *testing.T) {
	code, err := os.ReadFile("analyzer.go")
	if err != nil {
		t.Fatal(err)
	}
	doc, _, _ := strings.Cut(string(code), "\npackage ")
	listed := make(map[string]string)
	for _, row := range regexp.MustCompile(`(?m)^//\t(\w+) +(.*)$`).FindAllStringSubmatch(doc, -1) {
		listed[row[1]] = row[2]
	}
	if rules := titles(); !maps.Equal(listed, rules) {
		t.Errorf("the package's doc comment lists the rules\n\t%q\nwant\n\t%q", listed, rules)
	}
}
