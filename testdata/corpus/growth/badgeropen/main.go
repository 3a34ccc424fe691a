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

	"github.com/dgraph-io/badger/v4"

	"github.com/ctxleak/ctxleak/testdata/corpus/growth/live"
)

const rounds, calls = 5, 20

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
		fmt.Printf("calls %d live %d\n", round*calls, live.Contexts("z.NewAllocatorPool"))
		for range calls {
			if _, err := badger.Open(options("the wrong key---")); !errors.Is(err, badger.ErrEncryptionKeyMismatch) {
				log.Fatalf("the key was not refused: %v", err)
			}
		}
	}
}
