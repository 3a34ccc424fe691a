// Package wire is a client of a line protocol.
package wire

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// Client is a connection. Close must be called.
type Client struct {
	ctx    context.Context
	cancel context.CancelFunc
	conn   net.Conn
	r      *bufio.Reader
	mu     sync.Mutex
	wg     sync.WaitGroup
}

// Dial connects to addr and greets the server in the name of user.
func Dial(ctx context.Context, addr, user string) (*Client, error) {
	c := &Client{}
	c.ctx, c.cancel = context.WithCancel(ctx)
	var d net.Dialer
	conn, err := d.DialContext(c.ctx, "tcp", addr)
	if err != nil {
		c.cancel()
		return nil, err
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
	if err := c.greet(user); err != nil {
		return nil, errors.Join(fmt.Errorf("greet %s: %w", addr, err), c.Close())
	}
	c.wg.Go(c.keepalive)
	return c, nil
}

func (c *Client) greet(user string) error {
	answer, err := c.Do("HELLO " + user)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(answer, "OK") {
		return errors.New(strings.TrimSpace(answer))
	}
	return nil
}

func (c *Client) keepalive() {
	t := time.NewTicker(30 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-t.C:
			if _, err := c.Do("PING"); err != nil {
				return
			}
		}
	}
}

// Do sends a line and returns the answer.
func (c *Client) Do(line string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := fmt.Fprintln(c.conn, line); err != nil {
		return "", err
	}
	return c.r.ReadString('\n')
}

// Close ends the connection.
func (c *Client) Close() error {
	c.cancel()
	err := c.conn.Close()
	c.wg.Wait()
	return err
}
