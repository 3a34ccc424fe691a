// Package execute runs external commands.
package execute

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

// Spec is a command.
type Spec struct {
	Path    string
	Args    []string
	Timeout time.Duration
	Detach  bool
}

// Result is what a command left behind.
type Result struct {
	Output   string
	Took     time.Duration
	TimedOut bool
}

// ErrTimeout is the cause where the command's own limit was exceeded.
var ErrTimeout = errors.New("command took too long")

// Run runs a command and waits for it.
func Run(ctx context.Context, s Spec) (*Result, error) {
	var cancel context.CancelFunc
	limited := s.Timeout > 0 && !s.Detach
	if limited {
		ctx, cancel = context.WithTimeoutCause(ctx, s.Timeout, ErrTimeout)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, s.Path, s.Args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	err := cmd.Run()
	res := &Result{Output: out.String(), Took: time.Since(start)}
	if limited {
		res.TimedOut = errors.Is(context.Cause(ctx), ErrTimeout)
		cancel()
	}
	if err != nil {
		return res, fmt.Errorf("%s: %w", s.Path, err)
	}
	return res, nil
}

// Batch runs commands in order under one limit for all of them.
func Batch(ctx context.Context, limit time.Duration, specs ...Spec) ([]*Result, error) {
	stop := func() {}
	if limit > 0 {
		ctx, stop = context.WithTimeoutCause(ctx, limit, ErrTimeout)
	}
	var all []*Result
	for _, s := range specs {
		r, err := Run(ctx, s)
		if err != nil {
			if limit > 0 {
				stop()
			}
			return all, err
		}
		all = append(all, r)
	}
	stop()
	return all, nil
}
