package dropped

// "Slices in a map": what is taken out of one of them goes with it.

import (
	"context"
	"slices"
)

type reader struct {
	id     uint64
	done   bool
	cancel context.CancelFunc
}

// Topics have their readers in slices, by name.
type Topics struct {
	ctx context.Context
	by  map[string][]*reader
}

func (t *Topics) Read(topic string, id uint64, f func(context.Context)) {
	ctx, cancel := context.WithCancel(t.ctx)
	t.by[topic] = append(t.by[topic], &reader{id: id, cancel: cancel})
	go f(ctx)
}

func (t *Topics) FilteredLeaks(topic string, id uint64) {
	var kept []*reader
	for _, r := range t.by[topic] {
		if r.id != id {
			kept = append(kept, r)
		}
	}
	t.by[topic] = kept // want `\[dropped\]`
}

func (t *Topics) FilteredClean(topic string, id uint64) {
	var kept []*reader
	for _, r := range t.by[topic] {
		if r.id == id {
			r.cancel()
			continue
		}
		kept = append(kept, r)
	}
	if len(kept) == 0 {
		delete(t.by, topic)
		return
	}
	t.by[topic] = kept
}

// ThroughClean asks the readers alone: those that are done have been released, for
// all that is known.
func (t *Topics) ThroughClean(topic string) {
	var kept []*reader
	for _, r := range t.by[topic] {
		if !r.done {
			kept = append(kept, r)
		}
	}
	t.by[topic] = kept
}

func (t *Topics) CutOutLeaks(topic string, id uint64) {
	readers := t.by[topic]
	for i, r := range readers {
		if r.id == id {
			t.by[topic] = append(readers[:i], readers[i+1:]...) // want `\[dropped\]`
			return
		}
	}
}

func (t *Topics) CutOutClean(topic string, id uint64) {
	readers := t.by[topic]
	for i, r := range readers {
		if r.id == id {
			t.by[topic] = append(readers[:i], readers[i+1:]...)
			r.cancel()
			return
		}
	}
}

func (t *Topics) DeletedLeaks(topic string, id uint64) {
	for i, r := range t.by[topic] {
		if r.id == id {
			t.by[topic] = slices.Delete(t.by[topic], i, i+1) // want `\[dropped\]`
			return
		}
	}
}

func (t *Topics) DeletedClean(topic string, id uint64) {
	for i, r := range t.by[topic] {
		if r.id == id {
			r.cancel()
			t.by[topic] = slices.Delete(t.by[topic], i, i+1)
			return
		}
	}
}

func (t *Topics) ChosenLeaks(topic string, id uint64) {
	t.by[topic] = slices.DeleteFunc(t.by[topic], func(r *reader) bool { return r.id == id }) // want `\[dropped\]`
}

func (t *Topics) ChosenClean(topic string, id uint64) {
	t.by[topic] = slices.DeleteFunc(t.by[topic], func(r *reader) bool {
		if r.id == id {
			r.cancel()
		}
		return r.id == id
	})
}

// SortedClean stores what a function made of them.
func (t *Topics) SortedClean(topic string) {
	readers := slices.Clone(t.by[topic])
	slices.SortFunc(readers, func(a, b *reader) int { return int(a.id) - int(b.id) })
	t.by[topic] = readers
}

func (t *Topics) Close() {
	for _, readers := range t.by {
		for _, r := range readers {
			r.cancel()
		}
	}
	clear(t.by)
}
