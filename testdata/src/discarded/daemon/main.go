// Command daemon polls for ever.
package main

// Silent only on a main.main "that returns": this one does not.

import (
	"context"
	"log"
	"time"
)

func main() {
	for {
		ctx, _ := context.WithTimeout(context.Background(), 24*time.Hour) // want `\[discarded\]`
		if err := poll(ctx); err != nil {
			log.Print(err)
		}
		time.Sleep(time.Second)
	}
}

func poll(ctx context.Context) error { return ctx.Err() }
