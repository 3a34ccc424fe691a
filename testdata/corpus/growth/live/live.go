// Package live counts the contexts that are left of those that some function has
// made, for the programs beside it.
package live

import (
	"log"
	"runtime"
	"strings"
)

// Every allocation is in the profile, from the first one on.
func init() { runtime.MemProfileRate = 1 }

// Contexts counts the contexts in memory that a function whose name ends in maker
// has made. It takes the profile of the heap: what a context is made of was
// allocated in one call of package context, and is alive together.
func Contexts(maker string) int64 {
	runtime.GC()
	runtime.GC() // the profile is that of the last finished cycle
	records := make([]runtime.MemProfileRecord, 1<<16)
	n, ok := runtime.MemProfile(records, false)
	if !ok {
		log.Fatal("the profile is too long")
	}
	var most int64
	for _, r := range records[:n] {
		frames := runtime.CallersFrames(r.Stack())
		made := false
		for more := true; more; {
			var frame runtime.Frame
			frame, more = frames.Next()
			made = made || strings.HasPrefix(frame.Function, "context.With")
			if made && strings.HasSuffix(frame.Function, maker) {
				most = max(most, r.InUseObjects())
			}
		}
	}
	return most
}
