// Package link keeps a connection to a server alive.
package link

import (
	"context"
	"net"
	"sync"
	"time"
)

// Link is an open connection.
type Link struct {
	conn   net.Conn
	cancel context.CancelFunc
	mu     sync.Mutex
}

// Dial opens a link that sends a newline now and then. Close must be called.
func Dial(ctx context.Context, addr string, every time.Duration) (*Link, error) {
	ctx, cancel := context.WithCancel(ctx)
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil {
		cancel()
		return nil, err
	}
	l := &Link{conn: conn, cancel: cancel}
	go l.keepAlive(ctx, every)
	return l, nil
}

func (l *Link) keepAlive(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.Send([]byte("\n"))
		}
	}
}

// Send writes a message.
func (l *Link) Send(msg []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := l.conn.Write(msg)
	return err
}

// Close closes the connection.
func (l *Link) Close() error {
	l.cancel()
	return l.conn.Close()
}
