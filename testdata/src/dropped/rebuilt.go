package dropped

// "A map built anew": what is not carried over goes.

import "context"

type runner struct{ cancel context.CancelFunc }

// Runners are in a map.
type Runners struct {
	ctx context.Context
	by  map[string]*runner
}

func (r *Runners) Start(id string, run func(context.Context)) {
	if r.by[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(r.ctx)
	r.by[id] = &runner{cancel}
	go run(ctx)
}

func (r *Runners) ChosenLeaks(keep func(string) bool) {
	next := make(map[string]*runner)
	for id, one := range r.by {
		if keep(id) {
			next[id] = one
		}
	}
	r.by = next // want `\[dropped\]`
}

func (r *Runners) ChosenClean(keep func(string) bool) {
	next := make(map[string]*runner)
	for id, one := range r.by {
		if keep(id) {
			next[id] = one
		} else {
			one.cancel()
		}
	}
	r.by = next
}

func (r *Runners) AllClean() {
	next := make(map[string]*runner, 2*len(r.by))
	for id, one := range r.by {
		next[id] = one
	}
	r.by = next
}

func (r *Runners) Close() {
	for _, one := range r.by {
		one.cancel()
	}
}
