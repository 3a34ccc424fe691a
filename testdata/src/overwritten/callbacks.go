package overwritten

// "A variable shared with a callback": it has a live release when the callback, which
// others call, stores over it.

import (
	"context"
	"net/http"
)

type changes interface{ OnChange(func()) }

func ReloadLeaks(load func() error, run func(context.Context)) http.Handler {
	ctx, cancel := context.WithCancel(context.Background())
	go run(ctx)
	mux := http.NewServeMux()
	mux.HandleFunc("/reload", func(w http.ResponseWriter, r *http.Request) {
		if err := load(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		ctx, cancel = context.WithCancel(context.Background()) // want `\[overwritten\]`
		go run(ctx)
	})
	mux.HandleFunc("/stop", func(http.ResponseWriter, *http.Request) { cancel() })
	return mux
}

func ReloadClean(load func() error, run func(context.Context)) http.Handler {
	ctx, cancel := context.WithCancel(context.Background())
	go run(ctx)
	mux := http.NewServeMux()
	mux.HandleFunc("/reload", func(w http.ResponseWriter, r *http.Request) {
		if err := load(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		cancel()
		ctx, cancel = context.WithCancel(context.Background())
		go run(ctx)
	})
	mux.HandleFunc("/stop", func(http.ResponseWriter, *http.Request) { cancel() })
	return mux
}

func ChangedLeaks(parent context.Context, c changes, run func(context.Context), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(parent)
	defer func() { cancel() }()
	go run(ctx)
	c.OnChange(func() {
		ctx, cancel = context.WithCancel(parent) // want `\[overwritten\]`
		go run(ctx)
	})
	<-done
}

func ChangedClean(parent context.Context, c changes, run func(context.Context), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(parent)
	defer func() { cancel() }()
	go run(ctx)
	c.OnChange(func() {
		cancel()
		ctx, cancel = context.WithCancel(parent)
		go run(ctx)
	})
	<-done
}

// FirstClean has none before the first change.
func FirstClean(parent context.Context, c changes, run func(context.Context), done <-chan struct{}) {
	cancel := func() {}
	defer func() { cancel() }()
	c.OnChange(func() {
		var ctx context.Context
		cancel()
		ctx, cancel = context.WithCancel(parent)
		go run(ctx)
	})
	<-done
}

// EndedClean has released it when the callback is given to others.
func EndedClean(parent context.Context, c changes, run func(context.Context), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(parent)
	defer func() { cancel() }()
	run(ctx)
	cancel()
	c.OnChange(func() {
		ctx, cancel = context.WithCancel(parent)
		go run(ctx)
	})
	<-done
}
