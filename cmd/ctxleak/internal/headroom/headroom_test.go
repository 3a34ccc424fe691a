package headroom

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

func TestShare(t *testing.T) {
	for _, test := range []struct {
		live uint64
		want int
	}{
		{0, 6400}, // of the least heap
		{4 << 20, 6400},
		{64 << 20, 400},
		{128 << 20, 200},
		{256 << 20, 125},
		{1 << 40, 125},
	} {
		if got := share(125, 256<<20, test.live); got != test.want {
			t.Errorf("%d bytes alive: %d %%, want %d %%", test.live, got, test.want)
		}
	}
}

var kept [][]byte

// TestGrant demands that the share follows what is alive.
func TestGrant(t *testing.T) {
	old := debug.SetGCPercent(100)
	defer debug.SetGCPercent(old)
	const room = 64 << 20
	Grant(50, room)
	percent := func() int {
		p := debug.SetGCPercent(100)
		debug.SetGCPercent(p)
		return p
	}
	if got := percent(); got < 500 {
		t.Errorf("at first: %d %%", got)
	}
	for range 256 {
		kept = append(kept, make([]byte, 1<<20))
	}
	deadline := time.Now().Add(time.Minute)
	for runtime.GC(); percent() != 50; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("256 MB alive: %d %%, want 50 %%", percent())
		}
	}
	kept = nil
	for runtime.GC(); percent() < 500; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("nothing alive: %d %%", percent())
		}
	}
}
