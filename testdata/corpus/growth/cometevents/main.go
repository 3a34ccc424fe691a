// Cometevents subscribes to the events of a CometBFT node, publishes some, and
// counts the contexts that are left.
//
// The goroutine that serves a subscription makes a context for each event that it
// writes, and defers the cancel until the subscription ends.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/cometbft/cometbft/config"
	cmtlog "github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/rpc/core"
	rpctypes "github.com/cometbft/cometbft/rpc/jsonrpc/types"
	"github.com/cometbft/cometbft/types"

	"github.com/ctxleak/ctxleak/testdata/corpus/growth/live"
)

const rounds, calls = 5, 400

func main() {
	bus := types.NewEventBus()
	if err := bus.Start(); err != nil {
		log.Fatal(err)
	}
	env := &core.Environment{EventBus: bus, Logger: cmtlog.NewNopLogger(), Config: *config.DefaultRPCConfig()}
	client := &connection{ctx: context.Background(), written: make(chan bool)}
	request := &rpctypes.Context{JSONReq: &rpctypes.RPCRequest{}, WSConn: client}
	if _, err := env.Subscribe(request, types.EventQueryNewBlockHeader.String()); err != nil {
		log.Fatal(err)
	}

	for round := range rounds + 1 {
		fmt.Printf("calls %d live %d\n", round*calls, live.Contexts("(*Environment).Subscribe.func1"))
		for range calls {
			if err := bus.PublishEventNewBlockHeader(types.EventDataNewBlockHeader{}); err != nil {
				log.Fatal(err)
			}
			<-client.written
		}
	}
}

// A connection is a client that reads whatever it is sent.
type connection struct {
	ctx     context.Context
	written chan bool
}

func (c *connection) GetRemoteAddr() string    { return "client" }
func (c *connection) Context() context.Context { return c.ctx }

func (c *connection) WriteRPCResponse(context.Context, rpctypes.RPCResponse) error {
	c.written <- true
	return nil
}

func (c *connection) TryWriteRPCResponse(rpctypes.RPCResponse) bool {
	log.Fatal("the subscription has ended")
	return false
}
