// Package vetunit is the driver behind go vet -vettool: it analyses one package,
// which the go command describes, in a process of its own.
//
// In come the package's files, the compiler's export data of its imports and
// their facts; out go findings, and facts for importers. It does what x/tools'
// unitchecker does, which from v0.50.0 parses and type-checks every package, the
// standard library included, since it hands on types beside facts. Types are
// read here from export data, which the go command has made all the same, so
// that a package with a closed gate costs the look at its imports' facts. The
// file of facts has unitchecker's form, without types.
package vetunit

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/analysis/unitchecker"
	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"

	"github.com/ctxleak/ctxleak/analyzer/unit"
	"github.com/ctxleak/ctxleak/cmd/ctxleak/internal/skim"
)

// Options say how findings are printed.
type Options struct {
	JSON    bool // on stdout
	Context int  // lines around the offending one, on stderr; -1: none
}

// Read reads what the go command says of a package.
func Read(file string) (*unitchecker.Config, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	cfg := new(unitchecker.Config)
	if err := json.Unmarshal(data, cfg); err != nil {
		return nil, fmt.Errorf("%s: %v", file, err)
	}
	if len(cfg.GoFiles) == 0 {
		return nil, fmt.Errorf("package has no files: %s", cfg.ImportPath)
	}
	return cfg, nil
}

// Supported reports whether the go command has compiled what cfg's package
// imports. One that has not leaves types to unitchecker, which then does all
// packages that import any.
func Supported(cfg *unitchecker.Config) bool {
	return !slices.ContainsFunc(imports(cfg), func(path string) bool { return cfg.PackageFile[path] == "" })
}

// imports are the paths of the packages that are imported, without those that
// are none.
func imports(cfg *unitchecker.Config) []string {
	var paths []string
	for _, path := range cfg.ImportMap {
		if path != "unsafe" && path != "C" {
			paths = append(paths, path)
		}
	}
	return paths
}

// Run analyses the package and prints what it finds. found reports whether there
// was anything to find.
func Run(cfg *unitchecker.Config, a *analysis.Analyzer, opts Options, stdout, stderr io.Writer) (found bool, err error) {
	for _, f := range a.FactTypes {
		gob.Register(f)
	}
	if cfg.Stdout != "" {
		f, err := os.Create(cfg.Stdout)
		if err != nil {
			return false, err
		}
		defer f.Close()
		stdout = f
	}
	u := &unitRun{cfg: cfg, fset: token.NewFileSet(), imports: make(map[string]*types.Package)}
	if u.facts, err = readFacts(cfg.PackageVetx); err != nil {
		return false, err
	}
	var diagnostics []analysis.Diagnostic
	if diagnostics, err = u.analyze(a); err != nil {
		return false, err
	}
	if cfg.VetxOutput != "" {
		if err := u.facts.write(cfg.VetxOutput, u.types); err != nil {
			return false, err
		}
	}
	if cfg.VetxOnly {
		return false, nil
	}
	graph := &checker.Graph{Roots: []*checker.Action{{
		Analyzer:    a,
		Package:     &packages.Package{ID: cfg.ID, PkgPath: cfg.ImportPath, Fset: u.fset},
		IsRoot:      true,
		Diagnostics: diagnostics,
	}}}
	if opts.JSON {
		return false, graph.PrintJSON(stdout)
	}
	return len(diagnostics) > 0, graph.PrintText(stderr, opts.Context)
}

// A unitRun is the analysis of one package.
type unitRun struct {
	cfg     *unitchecker.Config
	fset    *token.FileSet
	imports map[string]*types.Package // filled by reading export data
	facts   *factSet
	types   []byte // for unitchecker, of a package without imports
}

// analyze analyses the package as far as its gate demands.
func (u *unitRun) analyze(a *analysis.Analyzer) ([]analysis.Diagnostic, error) {
	paths := imports(u.cfg)
	leaf := len(paths) == 0
	if u.cfg.VetxOnly && !leaf && u.cfg.ModulePath == "" && unit.Standard(u.cfg.ImportPath, u.cfg.Dir) {
		return nil, nil // there are no facts about it
	}
	open := unit.GateOpen(paths, u.facts.owes)
	names := skim.NewNames()
	u.facts.names(names)
	pruned := !open && !leaf // only what never returns is of interest
	if pruned && !names.MayExport(u.cfg.GoFiles, os.ReadFile) {
		return nil, nil
	}

	var files []*ast.File
	for _, name := range u.cfg.GoFiles {
		f, err := parser.ParseFile(u.fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	pruned = pruned || open && u.cfg.VetxOnly && !u.tells(files)
	if pruned && !unit.MayExport(files, open, names.Has) {
		return nil, nil
	}
	conf := &types.Config{
		Importer:  importer(u.importPackage),
		Sizes:     types.SizesFor("gc", build.Default.GOARCH),
		GoVersion: u.cfg.GoVersion,
	}
	if pruned {
		conf.Error = func(error) {} // imports without use: it has been compiled
	}
	info := unit.NewInfo()
	pkg, err := conf.Check(u.cfg.ImportPath, u.fset, files, info)
	if err != nil && !pruned {
		return nil, err
	}
	u.facts.pkg = pkg
	if leaf {
		// unitchecker would look for types where its importers do.
		var b bytes.Buffer
		if err := gcexportdata.Write(&b, u.fset, pkg); err != nil {
			return nil, err
		}
		u.types = b.Bytes()[1:] // without the mark of the format
	}

	var found []analysis.Diagnostic
	pass := unit.NewPass(u.fset, files, pkg, info, conf.Sizes)
	pass.Analyzer = a
	pass.OtherFiles, pass.IgnoredFiles = u.cfg.NonGoFiles, u.cfg.IgnoredFiles
	pass.Module = u.cfg.Module
	pass.ImportObjectFact, pass.ExportObjectFact, pass.AllObjectFacts = u.facts.importObject, u.facts.exportObject, u.facts.all
	if !u.cfg.VetxOnly {
		unit.Collect(pass, &found)
	}
	_, err = a.Run(pass)
	return found, err
}

// tells reports whether the package, of which files are the syntax, may have
// facts about obligations.
func (u *unitRun) tells(files []*ast.File) bool {
	functions, methods := u.facts.uses()
	real := func(path string) string {
		if real, ok := u.cfg.ImportMap[path]; ok {
			return real
		}
		return path
	}
	return unit.MayTell(files, unit.Imports{
		Function: func(path, name string) unit.Use { return functions[real(path)][name] },
		Method:   func(name string) unit.Use { return methods[name] },
		Standard: func(path string) bool { return u.cfg.Standard[real(path)] },
		Types: func(path string) *types.Package {
			if p, err := u.importPackage(path); err == nil {
				return p
			}
			return nil
		},
	})
}

func (u *unitRun) importPackage(path string) (*types.Package, error) {
	real, ok := u.cfg.ImportMap[path] // vendoring, test variants
	if !ok {
		return nil, fmt.Errorf("can't resolve import %q", path)
	}
	if real == "unsafe" {
		return types.Unsafe, nil
	}
	if p := u.imports[real]; p != nil && p.Complete() {
		return p, nil
	}
	f, err := os.Open(u.cfg.PackageFile[real])
	if err != nil {
		return nil, fmt.Errorf("no export data for %q: %v", path, err)
	}
	defer f.Close()
	r, err := gcexportdata.NewReader(f) //lint:ignore SA1019 the compiler's archives are what go vet gives until Go 1.29
	if err != nil {
		return nil, err
	}
	return gcexportdata.Read(r, u.fset, u.imports, real)
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }
