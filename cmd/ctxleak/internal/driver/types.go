package driver

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/types"
	"io"
	"os"
	"runtime/debug"
	"sync"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// typesOf makes p.types complete: from export data, or else from source,
// without function bodies.
func (g *graph) typesOf(p *pkg) (*types.Package, error) {
	p.fill.Do(func() {
		defer func() {
			if x := recover(); x != nil {
				p.fillErr = fmt.Errorf("internal error: %v\n%s", x, debug.Stack())
			}
		}()
		switch {
		case p.types == types.Unsafe || p.types.Complete():
		case p.ExportFile != "":
			p.fillErr = g.readExport(p)
		default:
			files, _ := g.parse(p)
			p.fillErr = g.check(p, p.types, files, nil, &types.Config{IgnoreFuncBodies: true, Error: p.fail})
		}
	})
	return p.types, p.fillErr
}

// fillImports begins to make the types of all that p imports complete, beside the
// parser. What goes wrong, a panic included, makes errors when p is checked, and so
// leaves the packages to the checker.
func (g *graph) fillImports(p *pkg) *sync.WaitGroup {
	var filling sync.WaitGroup
	const workers = 2 // one reads a file while the other decodes one
	for first := range workers {
		filling.Go(func() {
			for i := first; i < len(p.imports); i += workers {
				g.typesOf(p.imports[i])
			}
		})
	}
	return &filling
}

// readExport reads p.types from the export data that go build left.
//
// Decoding fills incomplete packages, too, with what p mentions of them: so one
// decodes at a time, while others read their files. To a complete package it adds
// nothing.
func (g *graph) readExport(p *pkg) error {
	f, err := os.Open(p.ExportFile)
	if err != nil {
		return err
	}
	defer f.Close()
	// The go command of today may give an archive; those that give a file of
	// export data alone are read as well.
	r, err := gcexportdata.NewReader(f) //lint:ignore SA1019 until archives are gone, in Go 1.29
	if err != nil {
		return fmt.Errorf("%s: %v", p.ExportFile, err)
	}
	last := &lastLocks{r: r, left: -1, mu: &g.exportMu}
	r = last
	if sized, ok := last.r.(*io.LimitedReader); ok { // for which Read makes room at once
		last.left = sized.N
		r = &io.LimitedReader{R: last, N: sized.N}
	}
	defer last.unlock()
	if got, err := gcexportdata.Read(r, g.fset, g.view(p), p.PkgPath); err != nil {
		return fmt.Errorf("%s: %v", p.ExportFile, err)
	} else if got != p.types {
		return fmt.Errorf("%s: is of another package", p.ExportFile)
	}
	return nil
}

// view is what p and its dependencies are called in its export data: by their
// paths, which are unambiguous among those that one package depends on, and among
// all that are not built for a test.
func (g *graph) view(p *pkg) map[string]*types.Package {
	if p.ID == p.PkgPath {
		return g.plain
	}
	view := map[string]*types.Package{p.PkgPath: p.types}
	var visit func(*pkg)
	visit = func(p *pkg) {
		for _, imp := range p.imports {
			if view[imp.PkgPath] == nil {
				view[imp.PkgPath] = imp.types
				visit(imp)
			}
		}
	}
	visit(p)
	return view
}

// A lastLocks locks mu when it has given all that r has: gcexportdata.Read reads
// everything before it decodes anything.
type lastLocks struct {
	r      io.Reader
	left   int64 // bytes, or less than 0 where only the end of r tells
	mu     *sync.Mutex
	locked bool
}

func (l *lastLocks) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if !l.locked && (l.left == 0 || err != nil) {
		l.mu.Lock()
		l.locked = true
	}
	return n, err
}

func (l *lastLocks) unlock() {
	if l.locked {
		l.mu.Unlock()
	}
}

// read reads a file as the go command sees it.
func (g *graph) read(file string) ([]byte, error) { return g.cfg.Env.overlay.read(file) }

// parse parses p's files, and returns their texts as well. Its errors are p's.
func (g *graph) parse(p *pkg) (files []*ast.File, texts [][]byte) {
	for _, name := range p.CompiledGoFiles {
		src, err := g.read(name)
		if err != nil {
			p.fail(err)
			continue
		}
		f, err := parser.ParseFile(g.fset, name, src, parser.AllErrors|parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			p.fail(err)
		}
		if f != nil {
			files, texts = append(files, f), append(texts, src)
		}
	}
	return files, texts
}

// check type-checks files into tpkg, which is p's or another of its path.
func (g *graph) check(p *pkg, tpkg *types.Package, files []*ast.File, info *types.Info, conf *types.Config) error {
	conf.Importer = importer(func(path string) (*types.Package, error) {
		if path == "unsafe" {
			return types.Unsafe, nil
		}
		imp := p.Imports[path]
		if imp == nil {
			return nil, fmt.Errorf("no metadata for %s", path)
		}
		return g.typesOf(g.pkgs[imp])
	})
	conf.Sizes = p.TypesSizes
	if p.Module != nil && p.Module.GoVersion != "" {
		conf.GoVersion = "go" + p.Module.GoVersion
	}
	return types.NewChecker(conf, g.fset, tpkg, info).Files(files)
}

// fail notes an error of p, in the form that packages.Load gives it.
func (p *pkg) fail(err error) {
	switch err := err.(type) {
	case *os.PathError:
		p.Errors = append(p.Errors, packages.Error{Pos: err.Path + ":1", Msg: err.Err.Error(), Kind: packages.ParseError})
	case scanner.ErrorList:
		for _, err := range err {
			p.Errors = append(p.Errors, packages.Error{Pos: err.Pos.String(), Msg: err.Msg, Kind: packages.ParseError})
		}
	case types.Error:
		p.TypeErrors = append(p.TypeErrors, err)
		p.Errors = append(p.Errors, packages.Error{Pos: err.Fset.Position(err.Pos).String(), Msg: err.Msg, Kind: packages.TypeError})
	default:
		p.Errors = append(p.Errors, packages.Error{Pos: "-", Msg: err.Error(), Kind: packages.UnknownError})
	}
}

type importer func(path string) (*types.Package, error)

func (f importer) Import(path string) (*types.Package, error) { return f(path) }
