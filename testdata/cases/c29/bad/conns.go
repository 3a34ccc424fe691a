// Package conns pools connections to one server.
package conns

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// ErrClosed is returned by a closed pool.
var ErrClosed = errors.New("pool is closed")

// Conn is a connection of a pool.
type Conn struct {
	net.Conn
	pool   *Pool
	born   time.Time
	unhook func() bool
	once   sync.Once
}

func (c *Conn) kill() {
	c.once.Do(func() { c.Conn.Close() })
}

// Close gives c back, or closes it where it is too old.
func (c *Conn) Close() error {
	if time.Since(c.born) < c.pool.age && c.pool.put(c) {
		return nil
	}
	c.kill()
	return nil
}

// Pool is a set of idle connections.
type Pool struct {
	life context.Context
	stop context.CancelFunc
	addr string
	age  time.Duration
	idle chan *Conn
}

// New returns a pool of at most size idle connections.
func New(parent context.Context, addr string, size int, age time.Duration) *Pool {
	life, stop := context.WithCancel(parent)
	return &Pool{life: life, stop: stop, addr: addr, age: age, idle: make(chan *Conn, size)}
}

// Get returns an idle connection or dials.
func (p *Pool) Get(ctx context.Context) (*Conn, error) {
	if p.life.Err() != nil {
		return nil, ErrClosed
	}
	select {
	case c := <-p.idle:
		return c, nil
	default:
	}
	var d net.Dialer
	nc, err := d.DialContext(ctx, "tcp", p.addr)
	if err != nil {
		return nil, err
	}
	c := &Conn{Conn: nc, pool: p, born: time.Now()}
	c.unhook = context.AfterFunc(p.life, c.kill) // LEAK
	return c, nil
}

func (p *Pool) put(c *Conn) bool {
	if p.life.Err() != nil {
		return false
	}
	select {
	case p.idle <- c:
		return true
	default:
		return false
	}
}

// Close kills all connections.
func (p *Pool) Close() { p.stop() }
