// Natsobject asks a NATS object store for an object that is not there, again and
// again, and counts the contexts that are left.
//
// Get makes a context with the default timeout before it looks the object up,
// and forgets to cancel it where there is nothing to return: it stays registered
// with the caller's context until the timeout fires, which is an hour here.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const rounds, calls = 5, 400

func init() { runtime.MemProfileRate = 1 }

func main() {
	dir, err := os.MkdirTemp("", "natsobject-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: dir, NoSigs: true})
	if err != nil {
		log.Fatal(err)
	}
	srv.Start()
	defer srv.Shutdown()
	if !srv.ReadyForConnections(time.Minute) {
		log.Fatal("the server does not start")
	}
	conn, err := nats.Connect(srv.ClientURL())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn, jetstream.WithDefaultTimeout(time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background()) // as a server's own context
	defer cancel()
	store, err := js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{Bucket: "empty"})
	if err != nil {
		log.Fatal(err)
	}

	for round := range rounds + 1 {
		fmt.Printf("calls %d live %d\n", round*calls, live("jetstream.(*obs).Get"))
		for range calls {
			if _, err := store.Get(ctx, "nothing"); !errors.Is(err, jetstream.ErrObjectNotFound) {
				log.Fatalf("the object is there, or worse: %v", err)
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
