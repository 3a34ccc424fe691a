package flow

import (
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/ctxleak/ctxleak/analyzer/internal/source"
)

// A survey is what is counted once in a function, the literals inside it
// included, for all subjects that are followed through it.
type survey struct {
	conditions map[condition]int          // how often each is asked
	mentions   map[ssa.Value][]mention    // where operands are used, by their roots: of those that conditions have, and others that somebody asked for
	compared   map[operand]int            // how often each is compared with a constant
	counters   map[*ssa.Phi]bool          // integers that are compared with a constant after they are merged
	stored     map[operand]bool           // errors that are stored or merged, and errors and booleans that are returned
	tested     map[operand][]ssa.Value    // the loads of each variable that a branch tests
	after      map[*ssa.BasicBlock][]bool // the blocks that may follow each, as far as it was asked
	stores     []*ssa.Store
	made       map[string]*ssa.BasicBlock // where the value of each name is; nil until somebody asks
	lives      map[ssa.Value][]bool       // the blocks from which on each is useful, as far as it was asked
	work       int                        // instructions visited so far
}

// Surveys keeps the survey of each function. The zero value is ready for use.
type Surveys struct {
	done map[*ssa.Function]*survey
	last *ssa.Function
}

// Last is the function that was explored last, or nil.
func (c *Surveys) Last() *ssa.Function { return c.last }

// of returns the survey of fn, made by r if need be.
func (c *Surveys) of(r *run, fn *ssa.Function) *survey {
	c.last = fn
	if s, ok := c.done[fn]; ok {
		return s
	}
	s := &survey{
		conditions: make(map[condition]int),
		compared:   make(map[operand]int),
		counters:   make(map[*ssa.Phi]bool),
		stored:     make(map[operand]bool),
		tested:     make(map[operand][]ssa.Value),
		after:      make(map[*ssa.BasicBlock][]bool),
		lives:      make(map[ssa.Value][]bool),
		stores:     storesIn(fn),
	}
	s.count(r, fn)
	if c.done == nil {
		c.done = make(map[*ssa.Function]*survey)
	}
	c.done[fn] = s
	return s
}

// ask counts one branch on c.
func (s *survey) ask(c condition) {
	s.conditions[c]++
	if of, _, ok := c.compares(); ok {
		s.compared[of]++
	}
}

// askCounter notes the φ that c compares with a constant, or its sum with one,
// elsewhere than where its block ends.
func (s *survey) askCounter(c condition, in *ssa.BasicBlock) {
	of, _, ok := c.compares()
	if !ok || of.path != "" {
		return
	}
	v := of.root
	if add, ok := v.(*ssa.BinOp); ok {
		v = add.X
	}
	if phi, ok := v.(*ssa.Phi); ok && phi.Block() != in {
		s.counters[phi] = true
	}
}

func (s *survey) count(r *run, fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.If:
				c, _ := r.conditionOf(instr.Cond)
				s.ask(c)
				s.askCounter(c, b)
				if v := testedLoad(instr.Cond); v != nil {
					o := operandOf(v)
					s.tested[o] = append(s.tested[o], v)
				}
				for _, p := range b.Preds {
					if c, _, ok := begun(b, p); ok {
						s.ask(c)
					}
				}
			case *ssa.Store:
				if source.IsError(instr.Val.Type()) {
					s.stored[operandOf(instr.Val)] = true
				}
			case *ssa.Return:
				for _, v := range instr.Results {
					if source.IsError(v.Type()) || source.IsBool(v.Type()) {
						s.stored[operandOf(v)] = true
					}
				}
			case *ssa.Phi:
				if source.IsError(instr.Type()) {
					for _, e := range instr.Edges {
						s.stored[operandOf(e)] = true
					}
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		s.count(r, anon)
	}
}

// A mention says in which blocks of a function the operand with a path is used.
type mention struct {
	path   string
	blocks []*ssa.BasicBlock
}

// mentionsOf are the blocks of the function that use o.
func (r *run) mentionsOf(o operand) []*ssa.BasicBlock {
	if _, ok := r.mentions[o.root]; !ok {
		roots := map[ssa.Value][]mention{o.root: nil}
		if r.mentions == nil { // many functions decide nothing of which that has to be known
			r.mentions = make(map[ssa.Value][]mention)
			for c := range r.conditions {
				roots[c.x.root], roots[c.y.root] = nil, nil
			}
		}
		r.mentionsIn(r.subject.Fn, roots)
		maps.Copy(r.mentions, roots)
	}
	for _, m := range r.mentions[o.root] {
		if m.path == o.path {
			return m.blocks
		}
	}
	return nil
}

// madeIn is the block of the function in which the value called name is made; the
// first, if it is none of the function's own.
func (r *run) madeIn(name string) *ssa.BasicBlock {
	blocks := r.subject.Fn.Blocks
	if r.made == nil {
		r.made = make(map[string]*ssa.BasicBlock)
		for _, b := range blocks {
			for _, instr := range b.Instrs {
				if v, ok := instr.(ssa.Value); ok {
					r.made[v.Name()], r.made[register(v)] = b, b
				}
			}
		}
	}
	if b, ok := r.made[name]; ok {
		return b
	}
	return blocks[0]
}

// mentionsIn notes where in fn the operands are used that have a root in of.
func (r *run) mentionsIn(fn *ssa.Function, of map[ssa.Value][]mention) {
	var used []*ssa.Value
	for _, b := range fn.Blocks {
		note := func(o operand) {
			all, asked := of[o.root]
			if o.root == nil || !asked {
				return
			}
			i := slices.IndexFunc(all, func(m mention) bool { return m.path == o.path })
			if i < 0 {
				i = len(all)
				all = append(all, mention{path: o.path})
				of[o.root] = all
			}
			if blocks := all[i].blocks; len(blocks) == 0 || blocks[len(blocks)-1] != b {
				all[i].blocks = append(blocks, b)
			}
		}
		if m := rangedMap(b); m != nil {
			note(operandOf(m).measured("len"))
		}
		for _, instr := range b.Instrs {
			used = instr.Operands(used[:0])
			for _, v := range used {
				if _, constant := (*v).(*ssa.Const); constant || *v == nil {
					continue
				}
				note(operandOf(*v))
				if source.IsBool((*v).Type()) {
					c, _ := r.conditionOf(*v)
					note(c.x)
					note(c.y)
				}
			}
		}
	}
	for _, anon := range fn.AnonFuncs {
		r.mentionsIn(anon, of)
	}
}
