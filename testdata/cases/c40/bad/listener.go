// Package oneway receives files from one sender at a time.
package oneway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"
)

// Receiver takes files.
type Receiver struct {
	Store func(ctx context.Context, from net.Addr, r io.Reader) error
	Idle  time.Duration
}

type idleReader struct {
	net.Conn
	idle time.Duration
}

func (r idleReader) Read(p []byte) (int, error) {
	if err := r.SetReadDeadline(time.Now().Add(r.idle)); err != nil {
		return 0, err
	}
	return r.Conn.Read(p)
}

// Listen receives files until ctx is done or the listener fails.
func (rc *Receiver) Listen(ctx context.Context, l net.Listener) error {
	unlisten := context.AfterFunc(ctx, func() { l.Close() })
	defer unlisten()
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("accept: %w", err)
		}
		abort := context.AfterFunc(ctx, func() { conn.Close() }) // LEAK
		defer abort()                                            // LEAK
		if err := rc.Store(ctx, conn.RemoteAddr(), idleReader{conn, rc.Idle}); err != nil {
			slog.WarnContext(ctx, "receive", "from", conn.RemoteAddr(), "err", err)
		}
		conn.Close()
	}
}
