// Package connpool keeps connections to hosts open for a while.
package connpool

import (
	"context"
	"io"
	"maps"
	"sync"
	"time"
)

// Conn is a connection.
type Conn interface {
	io.Closer
	Ping(ctx context.Context) error
}

type pooled struct {
	Conn
	used   time.Time
	cancel context.CancelFunc // ends the pings
}

// Pool holds a connection per host.
type Pool struct {
	ctx  context.Context
	quit context.CancelFunc
	dial func(ctx context.Context, host string) (Conn, error)
	idle time.Duration

	mu    sync.Mutex
	conns map[string]*pooled
}

// New returns a pool whose connections may be idle for a while.
func New(ctx context.Context, idle time.Duration, dial func(context.Context, string) (Conn, error)) *Pool {
	p := &Pool{dial: dial, idle: idle, conns: make(map[string]*pooled)}
	p.ctx, p.quit = context.WithCancel(ctx)
	go p.sweepAll()
	return p
}

// Get returns the connection to host.
func (p *Pool) Get(ctx context.Context, host string) (Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c, ok := p.conns[host]; ok {
		c.used = time.Now()
		return c, nil
	}
	conn, err := p.dial(ctx, host)
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(p.ctx)
	c := &pooled{Conn: conn, used: time.Now(), cancel: cancel}
	p.conns[host] = c
	go p.keepAlive(life, host, c)
	return c, nil
}

func (p *Pool) keepAlive(ctx context.Context, host string, c *pooled) {
	for ctx.Err() == nil {
		if err := c.Ping(ctx); err != nil {
			p.drop(host, c)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(p.idle / 4):
		}
	}
}

func (p *Pool) drop(host string, c *pooled) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns[host] == c {
		c.cancel()
		c.Close()
		delete(p.conns, host)
	}
}

func (p *Pool) sweep(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	maps.DeleteFunc(p.conns, func(_ string, c *pooled) bool {
		if now.Sub(c.used) < p.idle {
			return false
		}
		c.cancel()
		c.Close()
		return true
	})
}

func (p *Pool) sweepAll() {
	tick := time.NewTicker(p.idle)
	defer tick.Stop()
	for {
		select {
		case <-p.ctx.Done():
			p.sweep(time.Now().Add(p.idle))
			return
		case now := <-tick.C:
			p.sweep(now)
		}
	}
}

// Shutdown closes all connections.
func (p *Pool) Shutdown() { p.quit() }
