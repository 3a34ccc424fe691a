// Package dep makes and ends contexts for other packages.
package dep

import (
	"context"
	"log"
	"time"
)

// WithDefault returns a child of parent with the default limit.
func WithDefault(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, time.Hour)
}

// Finish ends what is named name.
func Finish(name string, cancel context.CancelFunc) {
	log.Print("end of ", name)
	cancel()
}

// Note only writes down that there is a function.
func Note(name string, cancel context.CancelFunc) {
	if cancel != nil {
		log.Print(name, " can be cancelled")
	}
}

// Fail ends the process.
func Fail(err error) { log.Fatal(err) }

type name struct{}

// Named returns ctx with a name.
func Named(ctx context.Context, n string) context.Context {
	return context.WithValue(ctx, name{}, n)
}

// Detached returns a context with the values of ctx that does not end with it.
func Detached(ctx context.Context) context.Context {
	return context.WithoutCancel(ctx)
}
