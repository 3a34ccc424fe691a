// Package debugz serves recordings of a running process.
package debugz

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime"
	"sync"
	"time"
)

type sample struct {
	At         time.Time `json:"at"`
	Goroutines int       `json:"goroutines"`
	HeapBytes  uint64    `json:"heap_bytes"`
}

var (
	mu      sync.Mutex
	samples []sample
	stop    context.CancelFunc
)

// Register puts the endpoints on mux; recordings end with ctx.
func Register(ctx context.Context, mux *http.ServeMux) {
	mux.HandleFunc("POST /debug/recording", func(w http.ResponseWriter, r *http.Request) {
		every, err := time.ParseDuration(r.FormValue("every"))
		if err != nil || every < time.Millisecond {
			http.Error(w, "bad interval", http.StatusBadRequest)
			return
		}
		start(ctx, every)
		w.WriteHeader(http.StatusAccepted)
	})
	mux.HandleFunc("DELETE /debug/recording", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if stop != nil {
			stop()
			stop = nil
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(samples)
	})
}

func start(parent context.Context, every time.Duration) {
	mu.Lock()
	defer mu.Unlock()
	samples = nil
	var ctx context.Context
	if stop != nil {
		stop()
	}
	ctx, stop = context.WithCancel(parent)
	go record(ctx, every)
}

func record(ctx context.Context, every time.Duration) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			mu.Lock()
			samples = append(samples, sample{now, runtime.NumGoroutine(), m.HeapAlloc})
			mu.Unlock()
		}
	}
}
