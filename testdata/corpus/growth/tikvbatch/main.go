// Tikvbatch puts batches of keys into a simulated TiKV cluster and counts the
// contexts that are left.
//
// Each batch runs under a context of its own, which is cancelled only when the
// batch fails: all that succeed stay registered with the caller's context.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/tikv/client-go/v2/rawkv"
	"github.com/tikv/client-go/v2/testutils"
	"github.com/tikv/client-go/v2/tikv"

	"github.com/ctxleak/ctxleak/testdata/corpus/growth/live"
)

const rounds, calls = 5, 400

func main() {
	rpc, cluster, pd, err := testutils.NewMockTiKV("", nil)
	if err != nil {
		log.Fatal(err)
	}
	testutils.BootstrapWithSingleStore(cluster)
	client := &rawkv.Client{}
	probe := rawkv.ClientProbe{Client: client}
	probe.SetPDClient(pd)
	probe.SetRPCClient(rpc)
	probe.SetRegionCache(tikv.NewRegionCache(pd))
	ctx, cancel := context.WithCancel(context.Background()) // as a server's own context
	defer cancel()

	for round := range rounds + 1 {
		fmt.Printf("calls %d live %d\n", round*calls, live.Contexts("(*Client).sendBatchPut"))
		for range calls {
			if err := client.BatchPut(ctx, [][]byte{[]byte("k")}, [][]byte{[]byte("v")}); err != nil {
				log.Fatal(err)
			}
		}
	}
}
