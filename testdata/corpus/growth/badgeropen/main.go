// Badgeropen opens a Badger database with the wrong key, again and again, as a
// program does that is told to retry, and counts the contexts that are left.
//
// Open starts the goroutine of a pool, with a context of its own, before it reads
// the key; what cleans up after a failure forgets the pool, so that both live
// for ever.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"

	"github.com/dgraph-io/badger/v4"
)

const rounds, calls = 5, 20

func init() { runtime.MemProfileRate = 1 }

func main() {
	dir, err := os.MkdirTemp("", "badgeropen-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	options := func(key string) badger.Options {
		return badger.DefaultOptions(dir).WithEncryptionKey([]byte(key)).
			WithIndexCacheSize(1 << 20).WithLogger(nil)
	}
	db, err := badger.Open(options("the right key---"))
	if err != nil {
		log.Fatal(err)
	}
	if err := db.Close(); err != nil {
		log.Fatal(err)
	}

	for round := range rounds + 1 {
		fmt.Printf("calls %d live %d\n", round*calls, live("z.NewAllocatorPool"))
		for range calls {
			if _, err := badger.Open(options("the wrong key---")); !errors.Is(err, badger.ErrEncryptionKeyMismatch) {
				log.Fatalf("the key was not refused: %v", err)
			}
		}
	}
}

// live counts the contexts in memory that a function whose name ends in maker
// has made. It takes the profile of the heap: what a context is made of was
// allocated in one call of package context, and is alive together.
func live(maker string) int64 {
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
