// Package script runs the statements of a script.
package script

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrStatement is returned for a statement that is not understood.
var ErrStatement = errors.New("bad statement")

type frame struct {
	base   context.Context
	ctx    context.Context
	cancel context.CancelFunc
	line   int
}

func (f *frame) leave() {
	if f.cancel != nil {
		f.cancel()
		f.cancel = nil
	}
	f.ctx = f.base
}

// limit bounds the statements that follow; a second limit replaces the first.
func (f *frame) limit(d time.Duration) {
	f.leave()
	f.ctx, f.cancel = context.WithTimeout(f.base, d)
}

func (f *frame) trace(err *error) {
	if *err != nil {
		*err = fmt.Errorf("line %d: %w", f.line, *err)
	}
}

// Interp runs scripts.
type Interp struct {
	Exec func(ctx context.Context, words []string) error
}

// Run runs the lines of a script in order.
func (in *Interp) Run(ctx context.Context, text string) (err error) {
	f := frame{base: ctx, ctx: ctx}
	defer func(f *frame) {
		f.trace(&err)
		f.leave()
	}(&f)
	for line := range strings.Lines(text) {
		f.line++
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || words[0] == "#":
		case words[0] == "timeout" && len(words) == 2:
			d, err := time.ParseDuration(words[1])
			if err != nil {
				return errors.Join(ErrStatement, err)
			}
			f.limit(d)
		case words[0] == "notimeout":
			f.leave()
		default:
			if err := in.Exec(f.ctx, words); err != nil {
				return err
			}
		}
	}
	return nil
}

// Statement runs one statement with a limit.
func (in *Interp) Statement(ctx context.Context, d time.Duration, words ...string) error {
	f := &frame{base: ctx, ctx: ctx}
	defer f.leave()
	if d > 0 {
		f.limit(d)
	}
	return in.Exec(f.ctx, words)
}
