// Package gateway takes connections that begin with a preamble.
package gateway

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"

	"cases/c43/bad/netctx"
)

// ErrPreamble says that a connection did not begin as it should.
var ErrPreamble = errors.New("bad preamble")

// Gateway hands on connections by the name in their preamble.
type Gateway struct {
	life    context.Context
	end     context.CancelFunc
	targets map[string]func(ctx context.Context, c net.Conn, r *bufio.Reader)
}

// New returns a gateway. Close must be called.
func New(parent context.Context, targets map[string]func(context.Context, net.Conn, *bufio.Reader)) *Gateway {
	g := &Gateway{targets: targets}
	g.life, g.end = context.WithCancel(parent)
	return g
}

func (g *Gateway) handshake(c net.Conn) (string, *bufio.Reader, error) {
	stop := netctx.Interrupt(g.life, c) // LEAK
	r := bufio.NewReader(c)
	line, err := r.ReadString('\n')
	if err != nil {
		return "", nil, fmt.Errorf("read preamble: %w", err)
	}
	name, ok := strings.CutPrefix(strings.TrimSpace(line), "TO ")
	if !ok {
		return "", nil, ErrPreamble
	}
	if _, err := fmt.Fprintln(c, "OK"); err != nil {
		return "", nil, fmt.Errorf("answer preamble: %w", err)
	}
	if !stop() {
		// The deadline is set or about to be.
		return "", nil, context.Cause(g.life)
	}
	return name, r, nil
}

// Serve takes connections until the listener is closed.
func (g *Gateway) Serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go g.attend(c)
	}
}

func (g *Gateway) attend(c net.Conn) {
	defer c.Close()
	name, r, err := g.handshake(c)
	if err != nil {
		slog.Info("handshake", "from", c.RemoteAddr(), "err", err)
		return
	}
	target, ok := g.targets[name]
	if !ok {
		slog.Info("unknown target", "from", c.RemoteAddr(), "name", name)
		return
	}
	target(g.life, c, r)
}

// Close ends all connections.
func (g *Gateway) Close() { g.end() }
