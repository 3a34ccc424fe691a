package dropped

// "Cut off": a slice is stored without its end, of which nothing else becomes.

import "context"

type cutWorker struct{ stop context.CancelFunc }

type CutPool struct {
	root    context.Context
	run     func(context.Context)
	workers []*cutWorker
}

func (p *CutPool) Grow(n int) {
	for len(p.workers) < n {
		ctx, stop := context.WithCancel(p.root)
		p.workers = append(p.workers, &cutWorker{stop})
		go p.run(ctx)
	}
}

func (p *CutPool) ShrinkLeaks(n int) {
	if n < len(p.workers) {
		p.workers = p.workers[:n] // want `^cancel function of context.WithCancel is dropped from an element of the field workers without being called`
	}
}

func (p *CutPool) ShrinkClean(n int) {
	if n >= len(p.workers) {
		return
	}
	for _, w := range p.workers[n:] {
		w.stop()
	}
	p.workers = p.workers[:n]
}

// SurplusClean hands them over.
func (p *CutPool) SurplusClean(n int) []*cutWorker {
	rest := p.workers[n:]
	p.workers = p.workers[:n]
	return rest
}

// TrimClean has each of them ended by its caller.
func (p *CutPool) trimClean(n int) { p.workers = p.workers[:n] }

func (p *CutPool) StopClean() {
	for _, w := range p.workers {
		w.stop()
	}
	p.trimClean(0)
}
