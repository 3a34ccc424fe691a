// Package netctx makes connections heed contexts.
package netctx

import (
	"context"
	"net"
	"time"
)

var past = time.Unix(1, 0)

// Interrupt makes reads and writes of c fail once ctx is done, until the
// function that it returns is called. That one returns false where it came
// too late.
func Interrupt(ctx context.Context, c net.Conn) (stop func() bool) {
	return context.AfterFunc(ctx, func() { _ = c.SetDeadline(past) })
}
