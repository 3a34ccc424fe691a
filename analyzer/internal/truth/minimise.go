package truth

// This file cuts a program down to what its disagreement needs.

import (
	"cmp"
	"context"
	"os"
	"slices"
)

// Judge analyses and runs programs, and compares.
func (a *Analysis) Judge(ctx context.Context, programs []*Program) ([]Disagreement, []*Report, error) {
	b := NewBatch(programs)
	dir, err := os.MkdirTemp("", "truth")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	byDefault, err := a.ask(a.def, b)
	if err != nil {
		return nil, nil, err
	}
	atAll, err := a.ask(a.all, b)
	if err != nil {
		return nil, nil, err
	}
	reports, err := b.Run(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	var found []Disagreement
	for _, r := range reports {
		found = append(found, Compare(b, r, byDefault, atAll)...)
	}
	return found, reports, nil
}

// Minimise cuts all of found down at the same time, since a batch costs little
// more than one program. Each step takes the smallest program that is one
// change away, shows a disagreement of the same kind, rule and fate, and does not
// panic where the larger did not. It ends after so many steps.
func (a *Analysis) Minimise(ctx context.Context, found []Disagreement, steps int) ([]Disagreement, error) {
	best := append([]Disagreement(nil), found...)
	active := make([]bool, len(best))
	for i := range active {
		active[i] = true
	}
	for range steps {
		var programs []*Program
		var of []int
		for i, d := range best {
			if !active[i] {
				continue
			}
			active[i] = false
			tried := 0
			for _, c := range reductions(d.Program) {
				if tried < perStep && a.Check(c) == nil {
					programs, of = append(programs, c), append(of, i)
					tried++
				}
			}
		}
		if len(programs) == 0 {
			return best, nil
		}
		again, _, err := a.Judge(ctx, programs)
		if err != nil {
			return best, err
		}
		at := make(map[*Program]int)
		for k, p := range programs {
			at[p] = of[k]
		}
		for _, d := range again {
			i := at[d.Program]
			if d.Panics <= best[i].Panics && d.Kind == best[i].Kind && d.Rule == best[i].Rule && d.Fate == best[i].Fate && d.Program.Size() < best[i].Program.Size() {
				best[i], active[i] = d, true
			}
		}
	}
	return best, nil
}

// perStep bounds what is tried of one program in one step. The largest cuts
// come first.
const perStep = 50

// reductions are the programs that are one change smaller than p: without one
// statement or declaration, with a block in place of the statement around it,
// without an else or a case, or with all of this done in half a block at once.
func reductions(p *Program) []*Program {
	var all []*Program
	// edit calls f for every list of nodes of a fresh copy; which counts the
	// lists and says which one is meant.
	lists := func(p *Program) []*[]*Node {
		var found []*[]*Node
		var visit func(l *[]*Node)
		visit = func(l *[]*Node) {
			found = append(found, l)
			for _, n := range *l {
				for i := range n.Blocks {
					visit(&n.Blocks[i].Body)
				}
			}
		}
		visit(&p.Decls)
		for i := range p.Entry.Blocks {
			visit(&p.Entry.Blocks[i].Body)
		}
		return found
	}
	try := func(which int, f func(l *[]*Node)) {
		c := p.clone()
		f(lists(c)[which])
		all = append(all, c)
	}
	for which, l := range lists(p) {
		if len(*l) > 3 {
			half := len(*l) / 2
			try(which, func(l *[]*Node) { *l = (*l)[:half] })
			try(which, func(l *[]*Node) { *l = (*l)[half:] })
		}
		for i, n := range *l {
			try(which, func(l *[]*Node) { *l = append((*l)[:i:i], (*l)[i+1:]...) })
			if which == 0 {
				continue // declarations have no statements around them
			}
			for k := range n.Blocks {
				try(which, func(l *[]*Node) {
					*l = append(append((*l)[:i:i], (*l)[i].Blocks[k].Body...), (*l)[i+1:]...)
				})
				if len(n.Blocks) > 1 && k > 0 {
					try(which, func(l *[]*Node) {
						n := (*l)[i]
						n.Blocks = append(n.Blocks[:k:k], n.Blocks[k+1:]...)
					})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b *Program) int { return cmp.Compare(a.Size(), b.Size()) })
	return all
}
