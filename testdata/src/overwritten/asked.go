package overwritten

import (
	"context"
	"sync/atomic"
)

// Who asks whether there is one expects that there may be.

type edition struct {
	recall context.CancelFunc
	number int
}

type Press struct {
	ctx     context.Context
	current atomic.Pointer[edition]
	last    *edition
	halt    context.CancelFunc
	halted  int
}

func (p *Press) Print(f func(context.Context)) {
	ctx, recall := context.WithCancel(p.ctx)
	number := 0
	if old := p.current.Load(); old != nil {
		number = old.number + 1
	}
	p.current.Store(&edition{recall, number}) // want `overwritten in the field current while still live`
	go f(ctx)
}

func (p *Press) Reprint(f func(context.Context)) {
	ctx, recall := context.WithCancel(p.ctx)
	next := &edition{recall: recall}
	if p.last != nil {
		next.number = p.last.number + 1
	}
	p.last = next // want `overwritten in p.last while still live`
	go f(ctx)
}

func (p *Press) Start(f func(context.Context)) {
	var ctx context.Context
	if p.halt != nil {
		p.halted++
	}
	ctx, p.halt = context.WithCancel(p.ctx) // want `overwritten in p.halt while still live`
	go f(ctx)
}

func (p *Press) Close() {
	if e := p.current.Swap(nil); e != nil {
		e.recall()
	}
	if p.last != nil {
		p.last.recall()
		p.last = nil
	}
	if p.halt != nil {
		p.halt()
		p.halt = nil
	}
}

// Bindery ends what it finds, or does not go on.
type Bindery struct {
	ctx     context.Context
	current atomic.Pointer[edition]
	last    *edition
	halt    context.CancelFunc
	once    context.CancelFunc
	pause   context.CancelFunc
	pauses  int
}

func (b *Bindery) Bind(f func(context.Context)) {
	ctx, recall := context.WithCancel(b.ctx)
	number := 0
	if old := b.current.Load(); old != nil {
		number = old.number + 1
		defer old.recall()
	}
	b.current.Store(&edition{recall, number})
	go f(ctx)
}

func (b *Bindery) Rebind(f func(context.Context)) {
	if b.last != nil {
		return
	}
	ctx, recall := context.WithCancel(b.ctx)
	b.last = &edition{recall: recall}
	go f(ctx)
}

func (b *Bindery) Start(f func(context.Context)) {
	if b.halt != nil {
		b.stop()
	}
	var ctx context.Context
	ctx, b.halt = context.WithCancel(b.ctx)
	go f(ctx)
}

func (b *Bindery) stop() {
	b.halt()
	b.halt = nil
}

// Resume is called after Pause, which leaves the function where it is.
func (b *Bindery) Resume(f func(context.Context)) {
	var ctx context.Context
	if b.pause != nil {
		b.pauses++
	}
	ctx, b.pause = context.WithCancel(b.ctx)
	go f(ctx)
}

func (b *Bindery) Pause() { b.pause() }

// Open is called once.
func (b *Bindery) Open(f func(context.Context)) {
	var ctx context.Context
	ctx, b.once = context.WithCancel(b.ctx)
	if b.halt != nil {
		f(ctx)
	}
}

func (b *Bindery) Close() {
	if e := b.current.Swap(nil); e != nil {
		e.recall()
	}
	if b.last != nil {
		b.last.recall()
	}
	if b.halt != nil {
		b.halt()
	}
	if b.once != nil {
		b.once()
	}
}
