// Package proto serves a line protocol.
package proto

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

type commandKey struct{}

// Command returns the command that ctx belongs to.
func Command(ctx context.Context) string {
	s, _ := ctx.Value(commandKey{}).(string)
	return s
}

// Handler answers a command.
type Handler func(ctx context.Context, args string) (string, error)

var errQuit = errors.New("quit")

type conn struct {
	rw       io.ReadWriter
	handlers map[string]Handler
	ctx      context.Context
	cancel   context.CancelFunc
}

func newConn(ctx context.Context, rw io.ReadWriter, handlers map[string]Handler) *conn {
	c := &conn{rw: rw, handlers: handlers}
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

func (c *conn) command(line string) error {
	name, args, _ := strings.Cut(line, " ")
	if name == "QUIT" {
		return errQuit
	}
	h, ok := c.handlers[name]
	if !ok {
		_, err := fmt.Fprintln(c.rw, "-ERR unknown command")
		return err
	}
	ctx := context.WithValue(c.ctx, commandKey{}, name)
	answer, err := h(ctx, args)
	if err != nil {
		answer = "-ERR " + err.Error()
	}
	_, err = fmt.Fprintln(c.rw, answer)
	return err
}

// Serve serves one connection until it quits.
func Serve(ctx context.Context, rw io.ReadWriter, handlers map[string]Handler) error {
	c := newConn(ctx, rw, handlers)
	defer c.cancel()
	sc := bufio.NewScanner(rw)
	for sc.Scan() {
		if err := c.command(sc.Text()); err != nil {
			if errors.Is(err, errQuit) {
				return nil
			}
			return err
		}
	}
	return sc.Err()
}
