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
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/tap"

	"github.com/ctxleak/ctxleak/testdata/corpus/growth/live"
)

const rounds, calls = 5, 400

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
		fmt.Printf("calls %d live %d\n", round*calls, live.Contexts("operateHeaders"))
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

// nothing is a codec for messages without content.
type nothing struct{}

func (nothing) Marshal(any) ([]byte, error) { return nil, nil }
func (nothing) Unmarshal([]byte, any) error { return nil }
func (nothing) Name() string                { return "nothing" }
