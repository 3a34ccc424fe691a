// Package shell executes statements that ^C interrupts.
package shell

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// ErrInterrupted is returned for a statement that was interrupted.
var ErrInterrupted = errors.New("interrupted")

// Exec executes a statement.
type Exec func(ctx context.Context, statement string) (rows int, err error)

// Shell reads statements and executes them.
type Shell struct {
	in   *bufio.Scanner
	out  io.Writer
	exec Exec
}

// New returns a shell.
func New(in io.Reader, out io.Writer, exec Exec) *Shell {
	return &Shell{in: bufio.NewScanner(in), out: out, exec: exec}
}

// Run executes all statements.
func (s *Shell) Run(ctx context.Context) error {
	for s.in.Scan() {
		stmt := strings.TrimSpace(s.in.Text())
		if stmt == "" {
			continue
		}
		rows, err := s.interruptible(ctx, stmt)
		if err != nil {
			fmt.Fprintln(s.out, "error:", err)
			continue
		}
		fmt.Fprintf(s.out, "%d rows\n", rows)
	}
	return s.in.Err()
}

type result struct {
	rows int
	err  error
}

func (s *Shell) interruptible(parent context.Context, stmt string) (int, error) {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt) // LEAK
	done := make(chan result, 1)
	go func() {
		rows, err := s.exec(ctx, stmt)
		done <- result{rows, err}
	}()
	select {
	case r := <-done:
		return r.rows, r.err
	case <-ctx.Done():
		stop() // a second ^C ends the process
		<-done
		return 0, ErrInterrupted
	}
}
