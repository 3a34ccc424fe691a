// Package ssabuild builds the SSA form of one package, on demand.
//
// In comes a type-checked package that passed the gate; out go its functions
// in source order, function literals included, with an index of who calls
// whom. Requiring buildssa instead would bring ctrlflow's fact type, and make
// every dependency of every package pay for SSA that the gate would have
// spared it.
package ssabuild

import (
	"cmp"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/flow"
	"github.com/ctxleak/ctxleak/analyzer/internal/gate"
)

// A Program is one package in SSA form.
type Program struct {
	Pkg   *ssa.Package
	Funcs []*ssa.Function // with bodies, in source order, literals included

	callers  map[*ssa.Function][]ssa.CallInstruction // nil until somebody asks
	mentions map[*ssa.Function][]ssa.Instruction
	left     *leftOut
}

// Build builds the package of pass, but for the bodies of left.
func Build(pass *analysis.Pass, left map[*ast.FuncDecl]bool, noReturn func(*types.Func) bool) *Program {
	prog := ssa.NewProgram(pass.Fset, ssa.BareInits)
	// Without this the path through a helper that ends in log.Fatal returns.
	prog.SetNoReturn(noReturn)
	imported(prog, pass)
	pkg := prog.CreatePackage(pass.Pkg, without(pass.Files, left), pass.TypesInfo, false)
	pkg.Build()

	p := &Program{Pkg: pkg, left: newLeftOut(pass, left)}
	for _, f := range pass.Files {
		for _, decl := range f.Decls {
			if fn := declared(pkg, pass, decl); fn != nil {
				p.add(fn)
			}
		}
	}
	if init := pkg.Func("init"); init != nil { // package-level variables
		p.add(init)
	}
	slices.SortStableFunc(p.Funcs, func(a, b *ssa.Function) int { return p.Compare(a.Pos(), b.Pos()) })
	return p
}

// Instrs yields the instructions of the package, function by function.
func (p *Program) Instrs(yield func(ssa.Instruction) bool) {
	for _, fn := range p.Funcs {
		for instr := range flow.Instrs(fn) {
			if !yield(instr) {
				return
			}
		}
	}
}

// InTest reports whether pos is in a file that is only built for tests.
func (p *Program) InTest(pos token.Pos) bool {
	f := p.Pkg.Prog.Fset.File(pos)
	return f != nil && gate.InTest(f.Name())
}

// Compare orders positions as their source is: by the names of files, then
// within the file. A token.Pos by itself tells in which order the files happened
// to be parsed, which differs from driver to driver and from run to run.
func (p *Program) Compare(a, b token.Pos) int {
	fset := p.Pkg.Prog.Fset
	f, g := fset.File(a), fset.File(b)
	switch {
	case f == g:
		return cmp.Compare(a, b)
	case f == nil:
		return -1
	case g == nil:
		return 1
	}
	return cmp.Or(cmp.Compare(f.Name(), g.Name()), cmp.Compare(a, b))
}

func (p *Program) add(fn *ssa.Function) {
	if len(fn.Blocks) > 0 {
		p.Funcs = append(p.Funcs, fn)
	}
	for _, anon := range fn.AnonFuncs {
		p.add(anon)
	}
}

// indexAll indexes the package, once. Of most that is only imported nobody asks.
func (p *Program) indexAll() {
	if p.callers != nil {
		return
	}
	p.callers = make(map[*ssa.Function][]ssa.CallInstruction)
	p.mentions = make(map[*ssa.Function][]ssa.Instruction)
	for _, fn := range p.Funcs {
		p.index(fn)
	}
}

// index notes whom fn calls and which functions it mentions as values.
func (p *Program) index(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			var called ssa.Value
			if call, ok := instr.(ssa.CallInstruction); ok {
				if c := flow.Resolve(call.Common()); c.Fn != nil {
					p.callers[c.Fn] = append(p.callers[c.Fn], call)
				}
				called = call.Common().Value
			}
			for _, op := range instr.Operands(nil) {
				f, ok := (*op).(*ssa.Function)
				if !ok || *op == called {
					continue
				}
				if c := flow.Resolve(&ssa.CallCommon{Value: valueOf(instr, f)}); c.Fn != nil {
					f = c.Fn
				}
				p.mentions[f] = append(p.mentions[f], instr)
			}
		}
	}
}

func valueOf(instr ssa.Instruction, f *ssa.Function) ssa.Value {
	if mc, ok := instr.(*ssa.MakeClosure); ok {
		return mc
	}
	return f
}

// Callers returns the calls of fn in the package, in source order.
func (p *Program) Callers(fn *ssa.Function) []ssa.CallInstruction {
	p.Naming(fn.Object())
	p.indexAll()
	return p.callers[fn]
}

// Mentions returns the instructions that use fn as a value, or make a method
// value of it.
func (p *Program) Mentions(fn *ssa.Function) []ssa.Instruction {
	p.Naming(fn.Object())
	p.indexAll()
	return p.mentions[fn]
}
