// Package tcpproxy forwards TCP connections.
package tcpproxy

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy forwards connections to a backend.
type Proxy struct {
	dial   func(ctx context.Context) (net.Conn, error)
	grace  time.Duration
	wg     sync.WaitGroup
	active atomic.Int64
}

// New returns a proxy to what dial dials.
func New(dial func(ctx context.Context) (net.Conn, error), grace time.Duration) *Proxy {
	return &Proxy{dial: dial, grace: grace}
}

// Active returns the number of open connections.
func (p *Proxy) Active() int64 { return p.active.Load() }

// Serve accepts connections until ctx is done.
func (p *Proxy) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	defer p.wg.Wait()
	for {
		client, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		p.wg.Go(func() { p.forward(ctx, client) })
	}
}

func (p *Proxy) forward(ctx context.Context, client net.Conn) {
	defer client.Close()
	p.active.Add(1)
	defer p.active.Add(-1)
	backend, err := p.dial(ctx)
	if err != nil {
		return
	}
	defer backend.Close()
	context.AfterFunc(ctx, func() { // LEAK
		end := time.Now().Add(p.grace)
		client.SetDeadline(end)
		backend.SetDeadline(end)
	})
	var wg sync.WaitGroup
	wg.Go(func() { pipe(backend, client) })
	wg.Go(func() { pipe(client, backend) })
	wg.Wait()
}

func pipe(dst, src net.Conn) {
	io.Copy(dst, src)
	if half, ok := dst.(interface{ CloseWrite() error }); ok {
		half.CloseWrite()
	}
}
