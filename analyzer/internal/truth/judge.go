package truth

// This file asks the analyzer, and compares.

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/unit"
)

// An Analysis type-checks and analyses batches without a build system: the
// export data of the standard library is found once.
type Analysis struct {
	def, all *analysis.Analyzer // at the default level, and at -level=all
	exports  map[string]string
	checked  *world // in which programs are only type-checked
}

// NewAnalysis asks the go command for what the programs import.
func NewAnalysis() (*Analysis, error) {
	def, all := analyzer.New(), analyzer.New()
	for name, value := range map[string]string{"level": "all", "account": "json"} {
		if err := all.Flags.Set(name, value); err != nil {
			return nil, err
		}
	}
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "context", "errors", "fmt", "runtime", "slices", "strings", "sync", "time")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list -export: %v", err)
	}
	exports := make(map[string]string)
	for l := range bytes.Lines(out) {
		if path, file, ok := strings.Cut(strings.TrimSpace(string(l)), "\t"); ok {
			exports[path] = file
		}
	}
	return &Analysis{def: def, all: all, exports: exports}, nil
}

// A world is the packages of one batch.
type world struct {
	fset  *token.FileSet
	std   types.Importer
	pkgs  map[string]*types.Package
	facts map[types.Object]analysis.Fact
}

func (a *Analysis) world() *world {
	w := &world{fset: token.NewFileSet(), pkgs: make(map[string]*types.Package), facts: make(map[types.Object]analysis.Fact)}
	w.std = importer.ForCompiler(w.fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := a.exports[path]
		if !ok {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(file)
	})
	return w
}

// Import implements types.Importer.
func (w *world) Import(path string) (*types.Package, error) {
	if pkg, ok := w.pkgs[path]; ok {
		return pkg, nil
	}
	return w.std.Import(path)
}

// check parses and type-checks one file as a package.
func (w *world) check(path, file, text string) (*analysis.Pass, error) {
	f, err := parser.ParseFile(w.fset, file, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	info := unit.NewInfo()
	conf := types.Config{Importer: w, GoVersion: "go1.26", Sizes: types.SizesFor("gc", "amd64")}
	pkg, err := conf.Check(path, w.fset, []*ast.File{f}, info)
	if err != nil {
		return nil, err
	}
	w.pkgs[path] = pkg
	pass := unit.NewPass(w.fset, []*ast.File{f}, pkg, info, conf.Sizes)
	pass.ReadFile = func(string) ([]byte, error) { return []byte(text), nil }
	pass.ImportObjectFact = func(obj types.Object, f analysis.Fact) bool {
		known, ok := w.facts[obj]
		if ok {
			reflect.ValueOf(f).Elem().Set(reflect.ValueOf(known).Elem())
		}
		return ok
	}
	pass.ExportObjectFact = func(obj types.Object, f analysis.Fact) { w.facts[obj] = f }
	pass.AllObjectFacts = func() []analysis.ObjectFact {
		var all []analysis.ObjectFact
		for obj, f := range w.facts {
			all = append(all, analysis.ObjectFact{Object: obj, Fact: f})
		}
		return all
	}
	return pass, nil
}

// A Said is one finding.
type Said struct {
	Rule    string
	Message string
	Site    Site
	Related []Site
}

// An Answer is what the analyzer says of a batch.
type Answer struct {
	said  [][]Said      // of each program
	fates map[Site]Fate // of each call that creates
}

// A Fate is what the analyzer's account says of a call that creates.
type Fate struct {
	Fate, Why string
	Wrapped   bool // the call is one of a wrapper
}

// ask analyses the batch.
func (a *Analysis) ask(which *analysis.Analyzer, b *Batch) (*Answer, error) {
	answer := &Answer{make([][]Said, len(b.Programs)), make(map[Site]Fate)}
	w := a.world()
	return answer, a.each(w, b, func(pass *analysis.Pass) error {
		pass.Analyzer = which
		site := func(pos token.Pos) Site {
			p := w.fset.Position(pos)
			return Site{filepath.Base(p.Filename), p.Line}
		}
		pass.Report = func(d analysis.Diagnostic) {
			s := Said{Message: d.Message, Site: site(d.Pos), Rule: d.Category}
			for _, r := range d.Related {
				s.Related = append(s.Related, site(r.Pos))
			}
			id, _ := b.programAt(s.Site)
			answer.said[id] = append(answer.said[id], s)
		}
		result, err := which.Run(pass)
		if err != nil {
			return err
		}
		for _, e := range result.(*analyzer.Result).Account {
			wrapped := !strings.HasPrefix(e.Source, "context.")
			answer.fates[Site{filepath.Base(e.File), e.Line}] = Fate{string(e.Fate), e.Why, wrapped}
		}
		return nil
	})
}

// each type-checks the packages of the batch in order and calls f for those
// that the programs are in.
func (a *Analysis) each(w *world, b *Batch, f func(*analysis.Pass) error) error {
	if w.pkgs["oracle/rt"] == nil {
		data, err := runtime.ReadFile("testdata/rt/rt.go")
		if err != nil {
			return err
		}
		if _, err := w.check("oracle/rt", "rt.go", string(data)); err != nil {
			return err
		}
	}
	for _, g := range b.groups {
		for _, src := range []source{g.dep, g.main} {
			pass, err := w.check(src.path, src.name, src.text)
			if err != nil {
				return err
			}
			if err := f(pass); err != nil {
				return err
			}
		}
	}
	return nil
}

var waits = regexp.MustCompile(`(?m)^\s*<-(done\d+)$`)

// Check type-checks the program, and what the harness calls of it.
func (a *Analysis) Check(p *Program) error {
	if p.Owner != "" {
		p = p.clone()
		p.Decls = append(p.Decls, function("_(w *"+p.Owner+")", stmt(p.Close), line("w = %s", p.Init)))
	}
	if a.checked == nil {
		a.checked = a.world()
	}
	main, _ := p.Print(0)
	for _, m := range waits.FindAllStringSubmatch(main, -1) {
		if !strings.Contains(main, "close("+m[1]+")") {
			return fmt.Errorf("nobody closes %s", m[1])
		}
	}
	if strings.Count(main, "for {\n") > strings.Count(main, "break\n") {
		return errors.New("nothing ends a loop")
	}
	return a.each(a.checked, NewBatch([]*Program{p}), func(*analysis.Pass) error { return nil })
}

// A Kind of disagreement.
type Kind string

const (
	Alarm       Kind = "false alarm"            // reported, and no run leaks
	AlarmAll    Kind = "false alarm, level=all" // reported there only, and no run leaks
	Miss        Kind = "missed"                 // some run leaks, and nothing is reported
	MissSite    Kind = "missed beside another"  // something else is reported
	MissDefault Kind = "missed but for level=all"
	MissAll     Kind = "missed, level=all" // leaks when its scope is entered twice
	MissOpen    Kind = "missed, methods in some order"
)

// A Disagreement is one program of which the analyzer says what is not so.
type Disagreement struct {
	Kind    Kind
	Program *Program
	Rule    string // of an alarm
	Message string // of an alarm
	Inputs  string // that make a missed leak
	Fate    string // of what leaks, as the analyzer's account has it
	Why     string
	Line    int // of the site or the alarm, in the printed program
	Panics  int // runs that panicked, or asked too often
}

// neutral rules tell of something else than a context that is live at the end.
func neutral(rule string) bool { return rule == "stored" || rule == "piledup" }

// placed rules are about a place, not one creation.
func placed(rule string) bool {
	return rule == "overwritten" || rule == "dropped" || rule == "neverreleased"
}

// Compare judges one program by what was seen and said.
func Compare(b *Batch, r *Report, byDefault, atAll *Answer) []Disagreement {
	said, all, fates := byDefault.said[r.ID], atAll.said[r.ID], atAll.fates
	var found []Disagreement
	p := b.Programs[r.ID]
	add := func(k Kind, s *Said, site Site, inputs string) {
		_, at := b.programAt(site)
		d := Disagreement{Kind: k, Program: p, Inputs: inputs, Fate: fates[site].Fate, Why: fates[site].Why, Line: at, Panics: r.Panics}
		if s != nil {
			d.Rule, d.Message = s.Rule, s.Message
		}
		found = append(found, d)
	}
	if r.Runs == 0 {
		return nil
	}
	at := func(s Site) *Seen {
		i := slices.IndexFunc(r.Sites, func(o Seen) bool { return o.Site == s })
		if i < 0 {
			return nil
		}
		return &r.Sites[i]
	}
	anyLeak := slices.ContainsFunc(r.Sites, func(s Seen) bool { return s.Leaks+s.Again+s.Open > 0 })
	judge := func(said []Said, k Kind, except []Said) {
		for _, s := range said {
			if neutral(s.Rule) || r.Capped || slices.ContainsFunc(except, func(o Said) bool { return o.Message == s.Message && o.Site == s.Site }) {
				continue
			}
			if placed(s.Rule) { // it may mean what any creation put there
				if !anyLeak && !slices.ContainsFunc(s.Related, func(m Site) bool { _, made := fates[m]; return made && at(m) == nil }) {
					add(k, &s, s.Site, "")
				}
			} else if seen := at(s.Site); seen != nil && seen.Leaks+seen.Again+seen.Open == 0 {
				add(k, &s, s.Site, "")
			}
		}
	}
	judge(said, Alarm, nil)
	judge(all, AlarmAll, said)
	for _, s := range r.Sites {
		if !s.Direct {
			continue
		}
		covered := func(said []Said) bool {
			return slices.ContainsFunc(said, func(o Said) bool {
				about := append([]Site{o.Site}, o.Related...)
				return placed(o.Rule) || slices.ContainsFunc(about, func(m Site) bool { return m == s.Site || slices.Contains(s.Via, m) })
			})
		}
		switch {
		case s.Leaks > 0 && !covered(all):
			k := MissSite
			if len(said) == 0 {
				k = Miss
			}
			add(k, nil, s.Site, s.Inputs)
		case s.Leaks > 0 && !covered(said):
			add(MissDefault, nil, s.Site, s.Inputs)
		case s.Leaks == 0 && s.Again > 0 && !covered(all):
			add(MissAll, nil, s.Site, s.Inputs)
		case s.Leaks+s.Again == 0 && s.Open > 0 && !covered(all):
			add(MissOpen, nil, s.Site, s.Inputs)
		}
	}
	return found
}
