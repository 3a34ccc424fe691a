// Package headroom lets the garbage collector wait.
//
// In come a share and an amount; from then on, a collection begins when the heap
// has grown by that share of what the last one left alive, or by that amount,
// whichever is more. GOGC alone is a share: while little is alive, a program that
// makes much garbage collects it many times over to save memory that nobody is
// short of.
package headroom

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// leastHeap is the heap that the runtime counts as alive at least, in bytes: its
// documentation of GOGC has the figure.
const leastHeap = 4 << 20

// Grant lets the heap grow by percent, or by room bytes, between collections.
func Grant(percent, room int) {
	// The object is garbage at once: its finalizer runs after each collection.
	type cycle struct{ _ *byte }
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var next func(*cycle)
	next = func(c *cycle) {
		metrics.Read(live)
		debug.SetGCPercent(share(percent, room, live[0].Value.Uint64()))
		runtime.SetFinalizer(c, next)
	}
	next(new(cycle))
}

// share is the percentage of live bytes that comes to percent, or to room.
func share(percent, room int, live uint64) int {
	return max(percent, int(uint64(room)*100/max(live, leastHeap)))
}
