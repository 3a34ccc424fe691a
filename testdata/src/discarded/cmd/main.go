// Command cmd copies its input once.
package main

// Silent on "main.main that returns": the process ends with it.

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"os/signal"
	"time"
)

func main() {
	ctx, _ := signal.NotifyContext(context.Background(), os.Interrupt)
	limited, cancel := context.WithTimeout(ctx, time.Hour)
	_ = cancel

	lines := make(chan string)
	go func() {
		defer close(lines)
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			lines <- in.Text()
		}
	}()
	if len(os.Args) > 1 {
		copyLeaks(limited, lines, show)
		return
	}
	copyClean(limited, lines, show)
}

func show(ctx context.Context, line string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := fmt.Println(line)
	return err
}

// copyLeaks is not main.main: one context stays for every line of the input.
func copyLeaks(parent context.Context, lines <-chan string, show func(context.Context, string) error) {
	for line := range lines {
		ctx, _ := context.WithTimeout(parent, time.Hour) // want `\[discarded\]`
		if err := show(ctx, line); err != nil {
			log.Print(err)
		}
	}
}

func copyClean(parent context.Context, lines <-chan string, show func(context.Context, string) error) {
	for line := range lines {
		ctx, cancel := context.WithTimeout(parent, time.Hour)
		if err := show(ctx, line); err != nil {
			log.Print(err)
		}
		cancel()
	}
}
