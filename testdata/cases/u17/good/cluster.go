// Package cluster is a client of several nodes.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Conn is a connection to a node.
type Conn interface {
	Do(ctx context.Context, cmd string) (string, error)
	Close() error
}

// Dial connects to a node.
type Dial func(ctx context.Context, addr string) (Conn, error)

type node struct {
	addr   string
	conn   Conn
	cancel context.CancelFunc
	done   chan struct{}
}

func newNode(ctx context.Context, dial Dial, addr string) (*node, error) {
	ctx, cancel := context.WithCancel(ctx)
	conn, err := dial(ctx, addr)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("node %s: %w", addr, err)
	}
	n := &node{addr: addr, conn: conn, cancel: cancel, done: make(chan struct{})}
	go n.ping(ctx)
	return n, nil
}

func (n *node) ping(ctx context.Context) {
	defer close(n.done)
	t := time.NewTicker(15 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			_, _ = n.conn.Do(ctx, "PING")
		}
	}
}

// Close implements io.Closer.
func (n *node) Close() error {
	n.cancel()
	<-n.done
	return n.conn.Close()
}

// Client talks to all nodes. Close must be called.
type Client struct {
	primary  *node
	replicas []*node
}

// Open connects to all nodes.
func Open(ctx context.Context, dial Dial, primary string, replicas ...string) (*Client, error) {
	p, err := newNode(ctx, dial, primary)
	if err != nil {
		return nil, err
	}
	c := &Client{primary: p}
	for _, addr := range replicas {
		n, err := newNode(ctx, dial, addr)
		if err != nil {
			return nil, errors.Join(err, c.Close())
		}
		c.replicas = append(c.replicas, n)
	}
	return c, nil
}

// Read asks a replica.
func (c *Client) Read(ctx context.Context, cmd string) (string, error) {
	if len(c.replicas) == 0 {
		return c.primary.conn.Do(ctx, cmd)
	}
	return c.replicas[rand.N(len(c.replicas))].conn.Do(ctx, cmd)
}

// Close ends all connections.
func (c *Client) Close() error {
	errs := make([]error, 0, len(c.replicas)+1)
	for _, n := range append([]*node{c.primary}, c.replicas...) {
		errs = append(errs, n.Close())
	}
	return errors.Join(errs...)
}

// Once opens a client for one command.
func Once(ctx context.Context, dial Dial, addr, cmd string) (answer string, err error) {
	c, err := Open(ctx, dial, addr)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return c.Read(ctx, cmd)
}
