// Grpctap calls a gRPC server whose tap handle turns every call down, as one
// that limits the rate does, and counts the contexts that the server keeps.
//
// The server makes a context for the stream before it asks the handle, and
// forgets to cancel it when the handle says no: it lives until the deadline
// that the client chose, here an hour.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"runtime"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"
)

const rounds, calls = 5, 400

func init() { runtime.MemProfileRate = 1 }

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.InTapHandle(func(ctx context.Context, _ *tap.Info) (context.Context, error) {
		return ctx, status.Error(codes.ResourceExhausted, "too many calls")
	}))
	go server.Serve(listener)
	defer server.Stop()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	for round := range rounds + 1 {
		fmt.Printf("calls %d live %d\n", round*calls, live("operateHeaders"))
		for range calls {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			err := conn.Invoke(ctx, "/any/Method", nil, nil, grpc.ForceCodec(nothing{}))
			cancel()
			if status.Code(err) != codes.ResourceExhausted {
				log.Fatalf("the call was not turned down: %v", err)
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

// nothing is a codec for messages without content.
type nothing struct{}

func (nothing) Marshal(any) ([]byte, error) { return nil, nil }
func (nothing) Unmarshal([]byte, any) error { return nil }
func (nothing) Name() string                { return "nothing" }
