package rpcc

import (
	"context"
	"sync"
)

var calls = sync.Pool{New: func() any { return new(call) }}

// call is one call in flight.
type call struct {
	ctx    context.Context
	cancel context.CancelFunc
	method string
	args   []any
}

func getCall(ctx context.Context, method string, args []any) *call {
	c := calls.Get().(*call)
	c.ctx, c.cancel = context.WithCancel(ctx)
	c.method = method
	c.args = append(c.args, args...)
	return c
}

func (c *call) reset() {
	c.cancel()
	c.ctx, c.cancel = nil, nil
	c.method = ""
	clear(c.args)
	c.args = c.args[:0]
}

func putCall(c *call) {
	c.reset()
	calls.Put(c)
}
