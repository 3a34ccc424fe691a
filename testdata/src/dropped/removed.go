package dropped

// "Taken out of a slice": by what a local variable has of it, or by package slices.

import (
	"context"
	"slices"
)

// Readers are taken out one by one.
type Readers struct {
	ctx context.Context
	all []*reader
}

func (l *Readers) Read(id uint64, f func(context.Context)) {
	ctx, cancel := context.WithCancel(l.ctx)
	l.all = append(l.all, &reader{id: id, cancel: cancel})
	go f(ctx)
}

func (l *Readers) ByVariableLeaks(id uint64) {
	all := l.all
	for i, r := range all {
		if r.id == id {
			l.all = append(all[:i], all[i+1:]...) // want `\[dropped\]`
			return
		}
	}
}

func (l *Readers) ByVariableClean(id uint64) {
	all := l.all
	for i, r := range all {
		if r.id == id {
			r.cancel()
			l.all = append(all[:i], all[i+1:]...)
			return
		}
	}
}

func (l *Readers) DeletedLeaks(id uint64) {
	if i := slices.IndexFunc(l.all, func(r *reader) bool { return r.id == id }); i >= 0 {
		l.all = slices.Delete(l.all, i, i+1) // want `\[dropped\]`
	}
}

func (l *Readers) DeletedClean(id uint64) {
	if i := slices.IndexFunc(l.all, func(r *reader) bool { return r.id == id }); i >= 0 {
		l.all[i].cancel()
		l.all = slices.Delete(l.all, i, i+1)
	}
}

func (l *Readers) SwappedLeaks(id uint64) {
	for i, r := range l.all {
		if r.id == id {
			l.all[i] = l.all[len(l.all)-1] // want `\[dropped\]`
			l.all = l.all[:len(l.all)-1]
			return
		}
	}
}

func (l *Readers) SwappedClean(id uint64) {
	for i, r := range l.all {
		if r.id == id {
			r.cancel()
			l.all[i] = l.all[len(l.all)-1]
			l.all = l.all[:len(l.all)-1]
			return
		}
	}
}

// removeClean is told which, by one that has released it.
func (l *Readers) removeClean(i int) { l.all = slices.Delete(l.all, i, i+1) }

func (l *Readers) ByHelperClean(id uint64) {
	for i, r := range l.all {
		if r.id == id {
			r.cancel()
			l.removeClean(i)
			return
		}
	}
}

// leaveClean is told whom, by one that has released it.
func (l *Readers) leaveClean(r *reader) {
	for i, other := range l.all {
		if other == r {
			l.all = append(l.all[:i], l.all[i+1:]...)
			return
		}
	}
}

func (l *Readers) LeaveClean(r *reader) {
	r.cancel()
	l.leaveClean(r)
}

func (l *Readers) forgetClean(r *reader) {
	if i := slices.Index(l.all, r); i >= 0 {
		l.all = slices.Delete(l.all, i, i+1)
	}
}

func (l *Readers) ForgetClean(r *reader) {
	defer r.cancel()
	l.forgetClean(r)
}

func (l *Readers) forgetLeaks(r *reader) {
	if i := slices.Index(l.all, r); i >= 0 {
		l.all = slices.Delete(l.all, i, i+1) // want `\[dropped\]`
	}
}

func (l *Readers) ForgetLeaks(r *reader) { l.forgetLeaks(r) }

func (l *Readers) InsertClean(i int, r *reader) { l.all = slices.Insert(l.all, i, r) }

func (l *Readers) Close() {
	for _, r := range l.all {
		r.cancel()
	}
	l.all = nil
}
