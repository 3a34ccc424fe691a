package neverreleased

// A cancel is stored in a field that nothing in the package ever calls.

import (
	"context"
	"sync"
	"time"
)

// FieldLeaks keeps the cancel function of its goroutine and never calls it.
type FieldLeaks struct {
	cancel context.CancelFunc
}

// Start starts the goroutine.
func (f *FieldLeaks) Start(parent context.Context) {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	f.cancel = cancel
	go work(ctx)
}

// FieldClean has a Stop.
type FieldClean struct {
	cancel context.CancelFunc
}

// Start starts the goroutine.
func (f *FieldClean) Start(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	f.cancel = cancel
	go work(ctx)
}

// Stop ends the goroutine.
func (f *FieldClean) Stop() { f.cancel() }

// PairLeaks keeps context and cancel function, and only ever waits on the context.
type PairLeaks struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// NewPairLeaks starts a waiting goroutine.
func NewPairLeaks(parent context.Context) *PairLeaks {
	p := &PairLeaks{}
	p.ctx, p.cancel = context.WithCancel(parent) // want `\[neverreleased\]`
	go p.wait()
	return p
}

func (p *PairLeaks) wait() { <-p.ctx.Done() }

// PairClean defers the cancel function in the goroutine that uses the context.
type PairClean struct {
	ctx    context.Context
	cancel context.CancelFunc
}

// NewPairClean starts a goroutine that ends after a while.
func NewPairClean(parent context.Context) *PairClean {
	p := &PairClean{}
	p.ctx, p.cancel = context.WithCancel(parent)
	go p.wait()
	return p
}

func (p *PairClean) wait() {
	defer p.cancel()
	select {
	case <-p.ctx.Done():
	case <-time.After(time.Second):
	}
}

// LiteralLeaks gets its cancel function in the literal that makes it.
type LiteralLeaks struct {
	name   string
	cancel context.CancelFunc
}

// NewLiteralLeaks starts the work called name.
func NewLiteralLeaks(parent context.Context, name string) *LiteralLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &LiteralLeaks{name: name, cancel: cancel}
}

// Name returns the name of the work.
func (l *LiteralLeaks) Name() string { return l.name }

// LiteralClean is the same with a Close.
type LiteralClean struct {
	name   string
	cancel context.CancelFunc
}

// NewLiteralClean starts the work called name.
func NewLiteralClean(parent context.Context, name string) *LiteralClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &LiteralClean{name: name, cancel: cancel}
}

// Name returns the name of the work.
func (l *LiteralClean) Name() string { return l.name }

// Close ends the work.
func (l *LiteralClean) Close() error {
	l.cancel()
	return nil
}

// CauseLeaks keeps a cancel function that wants a cause. Fail records the cause and goes no further.
type CauseLeaks struct {
	mu     sync.Mutex
	err    error
	cancel context.CancelCauseFunc
}

// NewCauseLeaks starts the work.
func NewCauseLeaks(parent context.Context) *CauseLeaks {
	ctx, cancel := context.WithCancelCause(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &CauseLeaks{cancel: cancel}
}

// Fail records why the work is over.
func (c *CauseLeaks) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
}

// CauseClean passes the cause on.
type CauseClean struct {
	mu     sync.Mutex
	err    error
	cancel context.CancelCauseFunc
}

// NewCauseClean starts the work.
func NewCauseClean(parent context.Context) *CauseClean {
	ctx, cancel := context.WithCancelCause(parent)
	go work(ctx)
	return &CauseClean{cancel: cancel}
}

// Fail ends the work.
func (c *CauseClean) Fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	c.cancel(err)
}

// TwoFieldsLeaks has two cancel functions; its Close knows of one.
type TwoFieldsLeaks struct {
	stopReading context.CancelFunc
	stopWriting context.CancelFunc
}

// NewTwoFieldsLeaks starts reading and writing.
func NewTwoFieldsLeaks(parent context.Context) *TwoFieldsLeaks {
	t := &TwoFieldsLeaks{}
	var reading, writing context.Context
	reading, t.stopReading = context.WithCancel(parent)
	writing, t.stopWriting = context.WithCancel(parent) // want `\[neverreleased\]`
	go work(reading)
	go work(writing)
	return t
}

// Close ends the reading.
func (t *TwoFieldsLeaks) Close() { t.stopReading() }

// TwoFieldsClean calls both.
type TwoFieldsClean struct {
	stopReading context.CancelFunc
	stopWriting context.CancelFunc
}

// NewTwoFieldsClean starts reading and writing.
func NewTwoFieldsClean(parent context.Context) *TwoFieldsClean {
	t := &TwoFieldsClean{}
	var reading, writing context.Context
	reading, t.stopReading = context.WithCancel(parent)
	writing, t.stopWriting = context.WithCancel(parent)
	go work(reading)
	go work(writing)
	return t
}

// Close ends both.
func (t *TwoFieldsClean) Close() {
	t.stopReading()
	t.stopWriting()
}
