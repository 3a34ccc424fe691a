package dropped

// "Removing in two steps": what goes is collected first.

import (
	"context"
	"time"
)

type visit struct {
	id     string
	cancel context.CancelFunc
	seen   time.Time
}

// Visits are removed once they are old.
type Visits struct {
	m   map[string]*visit
	fns map[string]context.CancelFunc
}

func (v *Visits) Add(parent context.Context, id string, run func(context.Context)) {
	if v.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	v.m[id] = &visit{id: id, cancel: cancel, seen: time.Now()}
	go run(ctx)
}

func (v *Visits) AddFunc(parent context.Context, id string, run func(context.Context)) {
	if v.fns[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	v.fns[id] = cancel
	go run(ctx)
}

func (v *Visits) SweepClean(before time.Time) {
	var old []string
	for id, s := range v.m {
		if s.seen.Before(before) {
			s.cancel()
			old = append(old, id)
		}
	}
	for _, id := range old {
		delete(v.m, id)
	}
}

// LaterClean calls cancel once the key is collected, in the same turn.
func (v *Visits) LaterClean(before time.Time) {
	old := make([]string, 0, len(v.m))
	for id, s := range v.m {
		if s.seen.Before(before) {
			old = append(old, id)
			s.cancel()
		}
	}
	for _, id := range old {
		delete(v.m, id)
	}
}

func (v *Visits) SweepLeaks(before time.Time) {
	var old []string
	for id, s := range v.m {
		if s.seen.Before(before) {
			old = append(old, id)
		}
	}
	for _, id := range old {
		delete(v.m, id) // want `\[dropped\]`
	}
}

// HalfLeaks collects some whose cancel it does not call.
func (v *Visits) HalfLeaks(before time.Time, quick bool) {
	var old []string
	for id, s := range v.m {
		if !s.seen.Before(before) {
			continue
		}
		if !quick {
			s.cancel()
		}
		old = append(old, id)
	}
	for _, id := range old {
		delete(v.m, id) // want `\[dropped\]`
	}
}

// AlsoLeaks removes others as well.
func (v *Visits) AlsoLeaks(before time.Time, more []string) {
	old := more
	for id, s := range v.m {
		if s.seen.Before(before) {
			s.cancel()
			old = append(old, id)
		}
	}
	for _, id := range old {
		delete(v.m, id) // want `\[dropped\]`
	}
}

// ObjectsClean collects the objects, which have their keys.
func (v *Visits) ObjectsClean(before time.Time) {
	var old []*visit
	for _, s := range v.m {
		if s.seen.Before(before) {
			s.cancel()
			old = append(old, s)
		}
	}
	for _, s := range old {
		delete(v.m, s.id)
	}
}

func (v *Visits) ObjectsLeaks(before time.Time) {
	var old []*visit
	for _, s := range v.m {
		if s.seen.Before(before) {
			old = append(old, s)
		}
	}
	for _, s := range old {
		delete(v.m, s.id) // want `\[dropped\]`
	}
}

func (v *Visits) FuncsClean() {
	var all []string
	for id, cancel := range v.fns {
		cancel()
		all = append(all, id)
	}
	for _, id := range all {
		delete(v.fns, id)
	}
}

func (v *Visits) FuncsLeaks() {
	var all []string
	for id := range v.fns {
		all = append(all, id)
	}
	for _, id := range all {
		delete(v.fns, id) // want `\[dropped\]`
	}
}
