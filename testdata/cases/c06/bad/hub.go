// Package hub relays messages between connections.
package hub

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Hub is a set of connections.
type Hub struct {
	life context.Context
	stop context.CancelFunc

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// New returns a hub that ends with parent or when it is closed.
func New(parent context.Context) *Hub {
	life, stop := context.WithCancel(parent)
	return &Hub{life: life, stop: stop, conns: map[net.Conn]struct{}{}}
}

// Serve accepts connections until the listener is closed.
func (h *Hub) Serve(l net.Listener) error {
	for {
		c, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go h.attend(c)
	}
}

func (h *Hub) attend(c net.Conn) {
	defer c.Close()
	h.mu.Lock()
	h.conns[c] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.conns, c)
		h.mu.Unlock()
	}()
	// Wakes the reader when the hub closes.
	context.AfterFunc(h.life, func() { // LEAK
		_ = c.SetReadDeadline(time.Unix(1, 0))
	})

	r := bufio.NewReader(c)
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return
		}
		h.broadcast(c, line)
	}
}

func (h *Hub) broadcast(from net.Conn, line []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.conns {
		if c != from {
			_, _ = io.WriteString(c, string(line))
		}
	}
}

// Close ends all connections.
func (h *Hub) Close() { h.stop() }
