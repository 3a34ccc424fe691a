package dropped

// "Draining a container": by its keys.

import (
	"context"
	"maps"
	"slices"
)

// Keyed is emptied in several ways.
type Keyed struct{ m map[string]context.CancelFunc }

func (k *Keyed) Add(parent context.Context, name string, run func(context.Context)) {
	if _, ok := k.m[name]; ok {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	k.m[name] = cancel
	go run(ctx)
}

func (k *Keyed) KeysClean() {
	for name := range k.m {
		k.m[name]()
	}
	clear(k.m)
}

func (k *Keyed) SortedClean() {
	for _, name := range slices.Sorted(maps.Keys(k.m)) {
		k.m[name]()
	}
	clear(k.m)
}

// OtherLeaks goes over other keys.
func (k *Keyed) OtherLeaks(names map[string]bool) {
	for name := range names {
		if cancel := k.m[name]; cancel != nil {
			cancel()
		}
	}
	clear(k.m) // want `\[dropped\]`
}
