package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"path"
	"path/filepath"
)

// A Pair is a leak that a real project had and repaired: a version with it and
// a version without.
type Pair struct {
	ID      string `json:"id"`
	Ref     string `json:"ref"` // where the repair is told of, or how it was found
	Module  string `json:"module"`
	Bad     string `json:"bad"`
	Good    string `json:"good"`
	Package string `json:"package"`  // import path
	File    string `json:"file"`     // relative to the module, in both versions
	Func    string `json:"func"`     // where the finding is, as F, (T).M or (*T).M
	Line    int    `json:"line_bad"` // of the finding, in Bad; 0 is any line of Func
	Pattern string `json:"pattern"`  // how it leaks
	Expect  string `json:"expect"`   // Reported or Missed
	Why     string `json:"why,omitempty"`
	Note    string `json:"note,omitempty"`
}

// What is expected of the version with the leak. The other one is to be silent
// in either case.
const (
	Reported = "reported"
	Missed   = "missed" // and Why tells why
)

// ReadPairs reads a file with a pair, as JSON, on each line. It refuses a pair
// that stands twice, and one that is missed without a reason. An error tells the
// number of the line.
func ReadPairs(r io.Reader) ([]Pair, error) {
	var pairs []Pair
	seen := make(map[string]bool)
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		d := json.NewDecoder(bytes.NewReader(sc.Bytes()))
		d.DisallowUnknownFields()
		var p Pair
		if err := d.Decode(&p); err != nil {
			return nil, fmt.Errorf("line %d: %v", n, err)
		}
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("line %d: %v", n, err)
		}
		if seen[p.ID] {
			return nil, fmt.Errorf("line %d: %s stands twice", n, p.ID)
		}
		seen[p.ID] = true
		pairs = append(pairs, p)
	}
	return pairs, sc.Err()
}

func (p Pair) check() error {
	for name, value := range map[string]string{
		"id": p.ID, "ref": p.Ref, "module": p.Module, "bad": p.Bad, "good": p.Good,
		"package": p.Package, "file": p.File, "func": p.Func, "pattern": p.Pattern,
	} {
		if value == "" {
			return fmt.Errorf("no %s", name)
		}
	}
	if path.IsAbs(p.File) || path.Clean(p.File) != p.File {
		return fmt.Errorf("%q is no file of a module", p.File)
	}
	switch {
	case p.Expect != Reported && p.Expect != Missed:
		return fmt.Errorf("%q is neither %s nor %s", p.Expect, Reported, Missed)
	case p.Expect == Missed && p.Why == "":
		return errors.New("missed without a reason")
	}
	return nil
}

// Of returns those of the findings in the copy of p's module in dir that are
// about p: in its function, and at line unless that is 0.
func (p Pair) Of(findings []Finding, dir string, line int) ([]Finding, error) {
	funcs, err := functions(filepath.Join(dir, filepath.FromSlash(p.File)))
	if err != nil {
		return nil, err
	}
	where, ok := funcs[p.Func]
	if !ok {
		return nil, fmt.Errorf("%s has no function %s", p.File, p.Func)
	}
	var about []Finding
	for _, x := range findings {
		inFunc := x.File == p.File && where.first <= x.Line && x.Line <= where.last
		if inFunc && (line == 0 || line == x.Line) {
			about = append(about, x)
		}
	}
	return about, nil
}

// lines are those from first to last.
type lines struct{ first, last int }

// functions returns where the functions and methods of a file are.
func functions(file string) (map[string]lines, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	funcs := make(map[string]lines)
	for _, decl := range f.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := fn.Name.Name
		if fn.Recv != nil && len(fn.Recv.List) == 1 {
			name = "(" + types.ExprString(fn.Recv.List[0].Type) + ")." + name
		}
		funcs[name] = lines{fset.Position(fn.Pos()).Line, fset.Position(fn.End()).Line}
	}
	return funcs, nil
}
