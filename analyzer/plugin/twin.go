package plugin

import (
	"go/types"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"weak"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/objectpath"

	"github.com/ctxleak/ctxleak/analyzer"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// For the tests of a package, golangci-lint analyses those that it imports it by
// once more: from the same files, with imports that test files may have added to.
// It throws their findings away. Of a variant only facts are wanted, then, and
// where what it is given of its imports is what the package itself was given, they
// are what that told.
//
// The package itself it leaves out of those to be reported on where tests are
// built into it: the one with them stands for it.

// A twins knows what the packages of one run told.
type twins struct {
	tests   atomic.Bool // some package had tests, so that those of all are loaded
	mu      sync.Mutex
	forTest map[weak.Pointer[types.Package]]bool // built for some test
	plain   map[string]*record                   // of the others, by their files
}

// A record is what one package was given, and what it told.
type record struct {
	below map[string]bool          // the paths of all that it imports, however far
	given map[string]analysis.Fact // about their functions, by full name
	told  map[objectpath.Path]analysis.Fact
}

func newTwins() *twins {
	return &twins{forTest: make(map[weak.Pointer[types.Package]]bool), plain: make(map[string]*record)}
}

// note reports whether pass has test files, and whether any of its imports, of
// which all have been noted, is built for a test.
func (t *twins) note(pass *analysis.Pass) (tests, forTest bool) {
	for _, f := range pass.Files {
		tests = tests || gate.InTest(pass.Fset.File(f.FileStart).Name())
	}
	if tests {
		t.tests.Store(true)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, imp := range pass.Pkg.Imports() {
		forTest = forTest || t.forTest[weak.Make(imp)]
	}
	if tests || forTest {
		t.forTest[weak.Make(pass.Pkg)] = true
	}
	return tests, forTest
}

// listen makes pass keep what it exports, which the function that it returns adds
// to what is known.
func (t *twins) listen(pass *analysis.Pass) (learn func()) {
	r := &record{below: make(map[string]bool), given: make(map[string]analysis.Fact), told: make(map[objectpath.Path]analysis.Fact)}
	var visit func(*types.Package)
	visit = func(p *types.Package) {
		for _, imp := range p.Imports() {
			if !r.below[imp.Path()] {
				r.below[imp.Path()] = true
				visit(imp)
			}
		}
	}
	visit(pass.Pkg)
	for _, f := range pass.AllObjectFacts() {
		r.given[name(f.Object)] = f.Fact
	}
	var enc objectpath.Encoder
	export := pass.ExportObjectFact
	pass.ExportObjectFact = func(obj types.Object, f analysis.Fact) {
		if path, err := enc.For(obj); err == nil {
			r.told[path] = f
		}
		export(obj, f)
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.plain[files(pass)] = r
	}
}

// repeat exports what the package told of which pass is a variant, and reports
// whether it was given the same.
func (t *twins) repeat(pass *analysis.Pass) bool {
	t.mu.Lock()
	r := t.plain[files(pass)]
	t.mu.Unlock()
	if r == nil {
		return false
	}
	same := 0
	for _, f := range pass.AllObjectFacts() {
		if pos := pass.Fset.Position(f.Object.Pos()); !r.below[f.Object.Pkg().Path()] || gate.InTest(pos.Filename) {
			continue // it cannot be mentioned
		}
		if !reflect.DeepEqual(r.given[name(f.Object)], f.Fact) {
			return false
		}
		same++
	}
	if same != len(r.given) {
		return false
	}
	for path, f := range r.told {
		obj, err := objectpath.Object(pass.Pkg, path)
		if err != nil {
			return false
		}
		pass.ExportObjectFact(obj, f)
	}
	return true
}

func files(pass *analysis.Pass) string {
	var names strings.Builder
	for _, f := range pass.Files {
		names.WriteString(pass.Fset.File(f.FileStart).Name())
		names.WriteByte(filepath.ListSeparator)
	}
	return names.String()
}

func name(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		return fn.FullName()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// thrifty makes a do no more than what golangci-lint has use for.
func thrifty(a *analysis.Analyzer) {
	run, twins := a.Run, newTwins()
	a.Run = func(pass *analysis.Pass) (any, error) {
		tests, forTest := twins.note(pass)
		variant := forTest && !tests
		if variant && twins.repeat(pass) {
			return new(analyzer.Result), nil
		}
		to, learn := *pass, func() {}
		imported := dependency(pass)
		if !tests && !forTest && !imported {
			learn = twins.listen(&to)
		}
		if variant || imported || !tests && twins.tests.Load() && standsAside(pass) {
			to.Report = nil // only facts are wanted, see package unit
		}
		result, err := run(&to)
		if err == nil {
			learn()
		}
		return result, err
	}
}
