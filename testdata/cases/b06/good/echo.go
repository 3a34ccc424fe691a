package msgconn

import (
	"context"
	"time"
)

// Echo answers every message until the peer is silent for the idle time.
func Echo(ctx context.Context, in <-chan []byte, out chan<- []byte, idle time.Duration) error {
	c := NewConn(ctx, in, out)
	defer c.Close()
	for {
		c.SetReadDeadline(time.Now().Add(idle))
		b, err := c.Read()
		if err != nil {
			return err
		}
		if err := c.Write(b); err != nil {
			return err
		}
	}
}
