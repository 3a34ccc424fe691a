// Package session handles the commands of connected players.
package session

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
)

type commandKey struct{}

// Command is a line a player sent.
type Command struct {
	Serial int
	Verb   string
	Args   []string
}

// Current is the command that is being handled.
func Current(ctx context.Context) (Command, bool) {
	c, ok := ctx.Value(commandKey{}).(Command)
	return c, ok
}

// Handler handles commands.
type Handler interface {
	Handle(ctx context.Context, c Command) (string, error)
}

// Session is one connected player.
type Session struct {
	ctx    context.Context
	cancel context.CancelFunc
	rw     io.ReadWriter
	h      Handler
	serial int
}

// New returns a session on rw. Close must be called.
func New(parent context.Context, rw io.ReadWriter, h Handler) *Session {
	s := &Session{rw: rw, h: h}
	s.ctx, s.cancel = context.WithCancel(parent)
	return s
}

func (s *Session) dispatch(line string) error {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	s.serial++
	c := Command{Serial: s.serial, Verb: strings.ToLower(words[0]), Args: words[1:]}
	ctx := context.WithValue(s.ctx, commandKey{}, c)
	answer, err := s.h.Handle(ctx, c)
	if err != nil {
		answer = "error: " + err.Error()
	}
	_, err = fmt.Fprintln(s.rw, answer)
	return err
}

// Run handles commands until the player hangs up.
func (s *Session) Run() error {
	sc := bufio.NewScanner(s.rw)
	for sc.Scan() {
		if s.ctx.Err() != nil {
			return context.Cause(s.ctx)
		}
		if err := s.dispatch(sc.Text()); err != nil {
			return err
		}
	}
	return sc.Err()
}

// Close ends the session.
func (s *Session) Close() { s.cancel() }
