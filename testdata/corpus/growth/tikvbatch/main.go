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
	"runtime"
	"strings"

	"github.com/tikv/client-go/v2/rawkv"
	"github.com/tikv/client-go/v2/testutils"
	"github.com/tikv/client-go/v2/tikv"
)

const rounds, calls = 5, 400

func init() { runtime.MemProfileRate = 1 }

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
		fmt.Printf("calls %d live %d\n", round*calls, live("(*Client).sendBatchPut"))
		for range calls {
			if err := client.BatchPut(ctx, [][]byte{[]byte("k")}, [][]byte{[]byte("v")}); err != nil {
				log.Fatal(err)
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
