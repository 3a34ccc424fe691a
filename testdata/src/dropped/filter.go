package dropped

// "Leaving out": a loop chooses what stays in a slice.

import (
	"context"
	"slices"
)

type listener struct {
	id     string
	ctx    context.Context
	cancel context.CancelFunc
}

// Listeners are left out once they are through.
type Listeners struct{ list []*listener }

func (l *Listeners) Add(parent context.Context, id string) *listener {
	ctx, cancel := context.WithCancel(parent)
	one := &listener{id, ctx, cancel}
	l.list = append(l.list, one)
	return one
}

func (l *Listeners) InPlaceLeaks(id string) {
	kept := l.list[:0]
	for _, one := range l.list {
		if one.id != id {
			kept = append(kept, one)
		}
	}
	l.list = kept // want `\[dropped\]`
}

func (l *Listeners) AnewLeaks(id string) {
	var kept []*listener
	for _, one := range l.list {
		if one.id == id {
			continue
		}
		kept = append(kept, one)
	}
	l.list = kept // want `\[dropped\]`
}

func (l *Listeners) InPlaceClean(id string) {
	kept := l.list[:0]
	for _, one := range l.list {
		if one.id == id {
			one.cancel()
			continue
		}
		kept = append(kept, one)
	}
	l.list = kept
}

func (l *Listeners) EndedClean() {
	kept := l.list[:0]
	for _, one := range l.list {
		if one.ctx.Err() == nil {
			kept = append(kept, one)
		}
	}
	l.list = kept
}

// AllClean copies all.
func (l *Listeners) AllClean() {
	kept := make([]*listener, 0, 2*len(l.list))
	for _, one := range l.list {
		kept = append(kept, one)
	}
	l.list = kept
}

// remove leaves it to the caller to cancel.
func (l *Listeners) remove(gone *listener) {
	kept := l.list[:0]
	for _, one := range l.list {
		if one != gone {
			kept = append(kept, one)
		}
	}
	l.list = kept
}

func (l *Listeners) CloseClean(one *listener) {
	one.cancel()
	l.remove(one)
}

func (l *Listeners) ChosenClean(gone *listener) {
	l.list = slices.DeleteFunc(l.list, func(one *listener) bool { return one == gone })
	gone.cancel()
}

func (l *Listeners) removeFunc(id string) {
	l.list = slices.DeleteFunc(l.list, func(one *listener) bool { return one.id == id })
}

func (l *Listeners) CloseFuncClean(one *listener) {
	one.cancel()
	l.removeFunc(one.id)
}

func (l *Listeners) ForgetLeaks(id string) {
	l.list = slices.DeleteFunc(l.list, func(one *listener) bool { return one.id == id }) // want `\[dropped\]`
}

// TakeClean gives those that it leaves out to the caller.
func (l *Listeners) TakeClean(id string) (gone []*listener) {
	var kept []*listener
	for _, one := range l.list {
		if one.id == id {
			gone = append(gone, one)
		} else {
			kept = append(kept, one)
		}
	}
	l.list = kept
	return gone
}

// TakeOneClean gives the last that it leaves out to the caller.
func (l *Listeners) TakeOneClean(id string) (gone *listener) {
	kept := l.list[:0]
	for _, one := range l.list {
		if one.id == id {
			gone = one
		} else {
			kept = append(kept, one)
		}
	}
	l.list = kept
	return gone
}
