package dropped

// "Choosing what goes": by the boolean that a function returns.

import (
	"context"
	"maps"
	"slices"
)

type task struct {
	id     int
	ctx    context.Context
	cancel context.CancelFunc
	done   bool
}

// Tasks are removed in groups.
type Tasks struct {
	m    map[int]*task
	list []*task
}

func (t *Tasks) Add(parent context.Context, id int) {
	if t.m[id] != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	t.m[id] = &task{id: id, ctx: ctx, cancel: cancel}
}

func (t *Tasks) Append(parent context.Context, id int) {
	ctx, cancel := context.WithCancel(parent)
	t.list = append(t.list, &task{id: id, ctx: ctx, cancel: cancel})
}

// Finish is all that sets done.
func (t *Tasks) Finish(id int) {
	if s := t.m[id]; s != nil {
		s.cancel()
		s.done = true
	}
	for _, s := range t.list {
		if s.id == id {
			s.cancel()
			s.done = true
		}
	}
}

func (t *Tasks) EndedClean() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.ctx.Err() != nil })
	t.list = slices.DeleteFunc(t.list, func(s *task) bool { return s.ctx.Err() != nil })
}

func (t *Tasks) GoingLeaks() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.ctx.Err() == nil })        // want `\[dropped\]`
	t.list = slices.DeleteFunc(t.list, func(s *task) bool { return s.ctx.Err() == nil }) // want `\[dropped\]`
}

func (s *task) going() bool { return s.ctx.Err() == nil }

func (t *Tasks) AskedClean() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return !s.going() })
}

func (t *Tasks) AskedLeaks() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.going() }) // want `\[dropped\]`
}

func (t *Tasks) FlagClean() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.done })
	t.list = slices.DeleteFunc(t.list, func(s *task) bool { return s.done })
}

func (t *Tasks) FlagLeaks() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return !s.done }) // want `\[dropped\]`
}

func (t *Tasks) EitherClean() {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.done || s.ctx.Err() != nil })
}

func (t *Tasks) EitherLeaks(id int) {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.done || s.id == id }) // want `\[dropped\]`
}

func (t *Tasks) BothClean(id int) {
	maps.DeleteFunc(t.m, func(_ int, s *task) bool { return s.id == id && s.ctx.Err() != nil })
}

// DeferredClean has a literal that its return runs, with a loop of its own.
func (t *Tasks) DeferredClean(seen map[int]int) {
	maps.DeleteFunc(t.m, func(id int, s *task) bool {
		defer func() {
			for i := 0; i < id; i++ {
				seen[i]++
			}
		}()
		return s.ctx.Err() != nil
	})
}
