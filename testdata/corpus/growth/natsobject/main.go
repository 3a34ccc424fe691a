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
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ctxleak/ctxleak/testdata/corpus/growth/live"
)

const rounds, calls = 5, 400

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
		fmt.Printf("calls %d live %d\n", round*calls, live.Contexts("jetstream.(*obs).Get"))
		for range calls {
			if _, err := store.Get(ctx, "nothing"); !errors.Is(err, jetstream.ErrObjectNotFound) {
				log.Fatalf("the object is there, or worse: %v", err)
			}
		}
	}
}
