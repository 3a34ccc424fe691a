package driver

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// Lookup is the first argument of the command where it stands between the go
// command and a compiler that must not run (see list).
const Lookup = "compiled-already"

// Looked is the whole of the command under the name Lookup: args are the tool
// that go list wanted to run, and its arguments.
//
// The go command names a tool's version in the key of all that the tool makes,
// so that question is passed on. So is cgo, without which the Go files of a
// package are not known.
func Looked(args []string) int {
	if len(args) > 0 && (len(args) > 1 && strings.HasPrefix(args[1], "-V") || strings.TrimSuffix(filepath.Base(args[0]), ".exe") == "cgo") {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return max(1, cmd.ProcessState.ExitCode())
		}
		return 0
	}
	fmt.Fprintln(os.Stderr, notBuilt)
	return 1
}

const notBuilt = "ctxleak: not compiled, on purpose"

const metadata = packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
	packages.NeedImports | packages.NeedDeps | packages.NeedModule | packages.NeedTypesSizes | packages.NeedForTest

// list asks the go command for the packages that cfg names and all that they
// import.
//
// It wants to know where export data is that has been compiled already, and does
// not want anything compiled. go list -export compiles; but with -toolexec it
// runs, in place of the compiler, what it is told to, and with -e it carries on
// when that fails. What it finds in its cache, it does not compile.
func list(ctx context.Context, cfg *Config) ([]*packages.Package, error) {
	conf := &packages.Config{Context: ctx, Mode: metadata, Dir: cfg.Dir, Tests: cfg.Tests}
	cfg.Env.Overlay(conf)
	if exe, err := os.Executable(); err == nil && !strings.ContainsAny(exe, `'"`) {
		with := *conf
		with.Mode |= packages.NeedExportFile
		with.BuildFlags = append(slices.Clip(conf.BuildFlags), "-toolexec='"+exe+"' "+Lookup)
		roots, err := packages.Load(&with, cfg.Patterns...)
		if err != nil {
			return nil, err
		}
		if !forgetNotBuilt(roots) {
			return roots, nil
		}
		// Where a package is not compiled, those that import it were not even
		// looked at; of these, the Go files that cgo makes are not known.
		exports := make(map[string]string)
		for p := range packages.Postorder(roots) {
			exports[p.ID] = p.ExportFile
		}
		roots, err = packages.Load(conf, cfg.Patterns...)
		for p := range packages.Postorder(roots) {
			p.ExportFile = exports[p.ID]
		}
		return roots, err
	}
	return packages.Load(conf, cfg.Patterns...)
}

// forgetNotBuilt removes the errors that Looked caused, and reports whether a
// package with cgo files was not compiled.
func forgetNotBuilt(roots []*packages.Package) (cgo bool) {
	for p := range packages.Postorder(roots) {
		p.Errors = slices.DeleteFunc(p.Errors, func(err packages.Error) bool {
			return strings.Contains(err.Msg, notBuilt)
		})
		if !cgo && p.ExportFile == "" && slices.Equal(p.CompiledGoFiles, p.GoFiles) {
			cgo = slices.ContainsFunc(p.GoFiles, importsC)
		}
	}
	return cgo
}

// importsC reports whether a file is for cgo.
func importsC(file string) bool {
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	return err == nil && slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
}
