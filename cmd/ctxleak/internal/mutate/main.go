// The mutate command tests the tests: it changes one condition of the analyzer
// at a time, and tells the changes that no test notices.
//
// Usage:
//
//	go run ./cmd/ctxleak/internal/mutate [-n 100] [-seed 1] [-test PACKAGES] PACKAGES
//
// A change negates the condition of an if, swaps && and ||, == and !=, or < and
// <=, turns the constant that a function returns from true to false, or takes
// away a statement that only calls. Those tried are a random sample, the same
// for one seed. No file is written to: the go command is given an overlay. A
// change that does not compile is not counted; one at which the tests hang is
// killed.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

var (
	count = flag.Int("n", 100, "how many changes to try")
	seed  = flag.Uint64("seed", 1, "of the sample")
	tests = flag.String("test", "./analyzer/...", "the packages whose tests are run")
	limit = flag.Duration("timeout", 3*time.Minute, "of the tests of one change")
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("mutate: ")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("usage: mutate [flags] PACKAGES")
	}
	files, err := list(flag.Args())
	if err != nil {
		log.Fatal(err)
	}
	var all []mutant
	for _, file := range files {
		ms, err := mutants(file)
		if err != nil {
			log.Fatal(err)
		}
		all = append(all, ms...)
	}
	r := rand.New(rand.NewPCG(*seed, 0))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })

	killed, survived, invalid := 0, 0, 0
	for _, m := range all {
		if killed+survived == *count {
			break
		}
		switch fate, err := m.try(); {
		case err != nil:
			log.Fatal(err)
		case fate == notBuilt:
			invalid++
		case fate == noticed:
			killed++
		default:
			survived++
			fmt.Printf("survived: %s: %s\n", m.pos, m.what)
		}
	}
	fmt.Printf("%d changes of %d possible: %d killed, %d survived (%.0f %% killed); %d did not compile\n",
		killed+survived, len(all), killed, survived, 100*float64(killed)/float64(max(1, killed+survived)), invalid)
}

// list are the Go files of packages, without their tests.
func list(patterns []string) ([]string, error) {
	out, err := exec.Command("go", append([]string{"list", "-f", "{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}\n{{end}}"}, patterns...)...).Output()
	return strings.Fields(string(out)), err
}

// A mutant is a file with one change.
type mutant struct {
	file string
	src  []byte
	pos  token.Position
	what string
}

// mutants are all changes of a file.
func mutants(file string) ([]mutant, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	var all []mutant
	add := func(n ast.Node, what string) {
		var b bytes.Buffer
		if format.Node(&b, fset, f) == nil {
			all = append(all, mutant{file, b.Bytes(), fset.Position(n.Pos()), what})
		}
	}
	swaps := map[token.Token]token.Token{
		token.LAND: token.LOR, token.LOR: token.LAND, token.EQL: token.NEQ, token.NEQ: token.EQL,
		token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			cond := n.Cond
			n.Cond = &ast.UnaryExpr{Op: token.NOT, X: &ast.ParenExpr{X: cond}}
			add(cond, "the condition is negated")
			n.Cond = cond
		case *ast.BinaryExpr:
			if to, ok := swaps[n.Op]; ok {
				op := n.Op
				n.Op = to
				add(n, fmt.Sprintf("%s is %s", op, to))
				n.Op = op
			}
		case *ast.ReturnStmt:
			for _, e := range n.Results {
				id, ok := e.(*ast.Ident)
				if !ok || id.Name != "true" && id.Name != "false" {
					continue
				}
				was := id.Name
				id.Name = map[string]string{"true": "false", "false": "true"}[was]
				add(n, "it returns "+id.Name)
				id.Name = was
			}
		case *ast.BlockStmt:
			for i, s := range n.List {
				if call, ok := s.(*ast.ExprStmt); ok {
					n.List[i] = &ast.EmptyStmt{Semicolon: call.Pos(), Implicit: true}
					add(call, "the call is gone")
					n.List[i] = call
				}
			}
		}
		return true
	})
	return all, nil
}

// A fate is what came of a mutant.
type fate int

const (
	unnoticed fate = iota
	noticed
	notBuilt
)

// try runs the tests on m.
func (m *mutant) try() (fate, error) {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	changed, overlay := filepath.Join(dir, filepath.Base(m.file)), filepath.Join(dir, "overlay.json")
	data, err := json.Marshal(map[string]any{"Replace": map[string]string{m.file: changed}})
	if err != nil {
		return 0, err
	}
	if err := errors.Join(os.WriteFile(changed, m.src, 0o666), os.WriteFile(overlay, data, 0o666)); err != nil {
		return 0, err
	}
	if exec.Command("go", "build", "-overlay="+overlay, "./...").Run() != nil {
		return notBuilt, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), *limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", "test", "-overlay="+overlay, "-failfast", "-vet=off", *tests)
	cmd.WaitDelay = time.Second
	if cmd.Run() != nil {
		return noticed, nil
	}
	return unnoticed, nil
}
