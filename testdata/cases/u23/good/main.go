// Command beacond answers beacons until it is told to stop.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	grace := flag.Duration("grace", 10*time.Second, "time to finish requests")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second signal ends the process the hard way.
	context.AfterFunc(ctx, stop)

	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatalf("listen: %v", err)
	}
	if err := serve(ctx, ln, *grace); err != nil {
		stop()
		log.Print(err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, ln net.Listener, grace time.Duration) error {
	base, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(http.ErrServerClosed)
	srv := &http.Server{
		Handler:     http.HandlerFunc(answer),
		BaseContext: func(net.Listener) context.Context { return base },
	}
	down := make(chan error, 1)
	unhook := context.AfterFunc(ctx, func() {
		limit, done := context.WithTimeout(base, grace)
		defer done()
		down <- srv.Shutdown(limit)
	})
	err := srv.Serve(ln)
	if unhook() {
		// Serve failed by itself.
		return err
	}
	if !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(err, <-down)
	}
	return <-down
}

func answer(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		http.Error(w, "GET only", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("here\n"))
}
