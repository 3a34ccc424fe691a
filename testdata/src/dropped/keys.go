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

func (k *Keyed) stop(name string) {
	if cancel, ok := k.m[name]; ok {
		cancel()
	}
}

func (k *Keyed) look(name string) bool { return k.m[name] != nil }

func (k *Keyed) StopClean() {
	for name := range k.m {
		k.stop(name)
	}
	clear(k.m)
}

func (k *Keyed) StopNilClean() {
	for name := range k.m {
		k.stop(name)
	}
	k.m = nil
}

// LookLeaks gives each key to a function that stops nothing.
func (k *Keyed) LookLeaks() {
	for name := range k.m {
		k.look(name)
	}
	clear(k.m) // want `\[dropped\]`
}

// GatheredClean goes over the keys in some order.
func (k *Keyed) GatheredClean() {
	names := make([]string, 0, len(k.m))
	for name := range k.m {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		k.m[name]()
	}
	k.m = nil
}

func (k *Keyed) GivenLeaks(names []string) {
	for _, name := range names {
		k.m[name]()
	}
	k.m = nil // want `\[dropped\]`
}

// TwiceLeaks stops and keeps the first that it meets, and removes it: each turn of
// the outer loop is another one's.
func (k *Keyed) TwiceLeaks(tick chan bool) {
	for old := range tick {
		for name := range k.m {
			if old {
				delete(k.m, name) // want `\[dropped\]`
			}
		}
	}
}
