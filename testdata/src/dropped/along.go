package dropped

// "Removing in two steps": the objects come along with their keys, the keys are gone
// over twice, or a function is given both.

import "context"

type feed struct{ stop context.CancelFunc }

type Feeds struct{ m map[string]*feed }

func (f *Feeds) Add(parent context.Context, id string, run func(context.Context)) {
	if f.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	f.m[id] = &feed{cancel}
	go run(ctx)
}

func (f *Feeds) AlongClean(old func(string) bool) {
	gone := make(map[string]*feed)
	for id, x := range f.m {
		if old(id) {
			gone[id] = x
		}
	}
	for id := range gone {
		delete(f.m, id)
	}
	for _, x := range gone {
		x.stop()
	}
}

func (f *Feeds) AlongLeaks(old func(string) bool) int {
	gone := make(map[string]*feed)
	for id, x := range f.m {
		if old(id) {
			gone[id] = x
		}
	}
	for id := range gone {
		delete(f.m, id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
	}
	return len(gone)
}

type numbered struct {
	id string
	x  *feed
}

func (f *Feeds) PairsClean(old func(string) bool) {
	var gone []numbered
	for id, x := range f.m {
		if old(id) {
			gone = append(gone, numbered{id, x})
		}
	}
	for _, g := range gone {
		delete(f.m, g.id)
		g.x.stop()
	}
}

func (f *Feeds) PairsLeaks(old func(string) bool) {
	var gone []numbered
	for id, x := range f.m {
		if old(id) {
			gone = append(gone, numbered{id, x})
		}
	}
	for _, g := range gone {
		delete(f.m, g.id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
	}
}

func (f *Feeds) TwiceClean(ids []string) {
	for _, id := range ids {
		if x, ok := f.m[id]; ok {
			x.stop()
		}
	}
	for _, id := range ids {
		delete(f.m, id)
	}
}

func (f *Feeds) TwiceLeaks(ids []string, quick bool) {
	for _, id := range ids {
		if x, ok := f.m[id]; ok && !quick {
			x.stop()
		}
	}
	for _, id := range ids {
		delete(f.m, id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
	}
}

func (f *Feeds) OthersLeak(ids, more []string) {
	for _, id := range more {
		if x, ok := f.m[id]; ok {
			x.stop()
		}
	}
	for _, id := range ids {
		delete(f.m, id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
	}
}

// Rings are kept under names; each goes over them.
type Rings struct{ m map[string]context.CancelFunc }

func (c *Rings) Add(parent context.Context, id string, run func(context.Context)) {
	if c.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	c.m[id] = cancel
	go run(ctx)
}

func (c *Rings) each(see func(string, context.CancelFunc)) {
	for id, stop := range c.m {
		see(id, stop)
	}
}

func (c *Rings) GivenClean(old func(string) bool) {
	c.each(func(id string, stop context.CancelFunc) {
		if old(id) {
			stop()
			delete(c.m, id)
		}
	})
}

func (c *Rings) GivenLeaks(old func(string) bool) {
	c.each(func(id string, stop context.CancelFunc) {
		if old(id) {
			delete(c.m, id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
		}
	})
}

func (c *Rings) named(id string, see func(string, context.CancelFunc)) {
	for other, stop := range c.m {
		if other != id {
			see(id, stop)
		}
	}
}

// OtherLeaks is given the functions of all others.
func (c *Rings) OtherLeaks(id string) {
	c.named(id, func(id string, stop context.CancelFunc) {
		stop()
		delete(c.m, id) // want `^cancel function of context.WithCancel is dropped from an element of the field m without being called`
	})
}
