package overwritten

// "A ring": its slots come round again.

import "context"

type ringSlot struct {
	cancel context.CancelFunc
	id     uint64
}

// Recent has the last sixteen.
type Recent struct {
	ctx   context.Context
	n     uint64
	slots [16]ringSlot
	scan  func(context.Context)
}

func (r *Recent) PutLeaks() {
	ctx, cancel := context.WithCancel(r.ctx)
	r.n++
	r.slots[r.n%uint64(len(r.slots))] = ringSlot{cancel, r.n} // want `\[overwritten\]`
	go r.scan(ctx)
}

func (r *Recent) PutClean() {
	ctx, cancel := context.WithCancel(r.ctx)
	r.n++
	i := r.n % uint64(len(r.slots))
	if old := r.slots[i]; old.cancel != nil {
		old.cancel()
	}
	r.slots[i] = ringSlot{cancel, r.n}
	go r.scan(ctx)
}

func (r *Recent) Close() {
	for _, s := range r.slots {
		if s.cancel != nil {
			s.cancel()
		}
	}
}

// Rounds count modulo the number of slots, and have the functions themselves.
type Rounds struct {
	ctx   context.Context
	n     int
	slots []context.CancelFunc
	scan  func(context.Context)
}

func (r *Rounds) PutLeaks() {
	ctx, cancel := context.WithCancel(r.ctx)
	r.n = (r.n + 1) % len(r.slots)
	r.slots[r.n] = cancel // want `\[overwritten\]`
	go r.scan(ctx)
}

func (r *Rounds) PutClean() {
	ctx, cancel := context.WithCancel(r.ctx)
	if old := r.slots[r.n%len(r.slots)]; old != nil {
		old()
	}
	r.slots[r.n%len(r.slots)] = cancel
	r.n++
	go r.scan(ctx)
}

// FillClean puts each into a slot of its own.
func (r *Rounds) FillClean(n int) {
	r.slots = make([]context.CancelFunc, n)
	for i := range r.slots {
		ctx, cancel := context.WithCancel(r.ctx)
		r.slots[i] = cancel
		go r.scan(ctx)
	}
}

func (r *Rounds) Close() {
	for _, cancel := range r.slots {
		if cancel != nil {
			cancel()
		}
	}
}
