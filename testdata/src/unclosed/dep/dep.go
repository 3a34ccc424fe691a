// Package dep makes owners for another package.
package dep

// The constructors of the imported package: what they return owns a cancel.

import (
	"context"
	"errors"
)

// Conn is a connection with a goroutine that lasts until it is closed.
type Conn struct {
	addr   string
	cancel context.CancelFunc
}

// Dial returns a connection.
func Dial(ctx context.Context, addr string) (*Conn, error) {
	if addr == "" {
		return nil, errors.New("no address")
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &Conn{addr: addr, cancel: cancel}
	go c.read(ctx)
	return c, nil
}

func (c *Conn) read(ctx context.Context) { <-ctx.Done() }

// Send sends s.
func (c *Conn) Send(s string) error {
	if s == "" {
		return errors.New("nothing to send")
	}
	return nil
}

// Close closes the connection.
func (c *Conn) Close() error {
	c.cancel()
	return nil
}

// Queue passes values on until it is stopped.
type Queue[T any] struct {
	in     chan T
	cancel context.CancelFunc
}

// NewQueue returns a queue whose values go to f.
func NewQueue[T any](ctx context.Context, f func(T)) *Queue[T] {
	ctx, cancel := context.WithCancel(ctx)
	q := &Queue[T]{in: make(chan T), cancel: cancel}
	go q.run(ctx, f)
	return q
}

func (q *Queue[T]) run(ctx context.Context, f func(T)) {
	for {
		select {
		case <-ctx.Done():
			return
		case v := <-q.in:
			f(v)
		}
	}
}

// Put puts v into the queue.
func (q *Queue[T]) Put(v T) { q.in <- v }

// Stop ends the queue.
func (q *Queue[T]) Stop() { q.cancel() }

// Store holds values. Close must be called.
type Store interface {
	Get(key string) string
	Close() error
}

type memory struct {
	values map[string]string
	cancel context.CancelFunc
}

// OpenStore opens a store.
func OpenStore(ctx context.Context) (Store, error) {
	ctx, cancel := context.WithCancel(ctx)
	m := &memory{values: make(map[string]string), cancel: cancel}
	go m.expire(ctx)
	return m, nil
}

func (m *memory) expire(ctx context.Context) { <-ctx.Done() }

func (m *memory) Get(key string) string { return m.values[key] }

func (m *memory) Close() error {
	m.cancel()
	return nil
}

// CloseConn closes c and is no method of it.
func CloseConn(c *Conn) {
	if c != nil {
		c.cancel()
	}
}

// Describe looks at c and leaves it open.
func Describe(c *Conn) string { return "connection to " + c.addr }

// Recorder passes events on until it is stopped, or the context that it was
// given ends.
type Recorder struct {
	events chan string
	cancel context.CancelFunc
}

type recorderConfig struct {
	ctx  context.Context
	size int
}

// A RecorderOption changes how a recorder is made.
type RecorderOption func(*recorderConfig)

// WithContext makes the recorder end with ctx.
func WithContext(ctx context.Context) RecorderOption {
	return func(c *recorderConfig) { c.ctx = ctx }
}

// NewRecorder returns a recorder.
func NewRecorder(opts ...RecorderOption) *Recorder {
	c := recorderConfig{size: 10}
	for _, o := range opts {
		o(&c)
	}
	ctx := c.ctx
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &Recorder{events: make(chan string, c.size), cancel: cancel}
	go r.run(ctx)
	return r
}

// NewDefaultRecorder returns a recorder that only Stop ends.
func NewDefaultRecorder() *Recorder {
	c := recorderConfig{size: 10}
	c.ctx = context.Background()
	ctx, cancel := context.WithCancel(c.ctx)
	r := &Recorder{events: make(chan string, c.size), cancel: cancel}
	go r.run(ctx)
	return r
}

func (r *Recorder) run(ctx context.Context) { <-ctx.Done() }

// Stop ends the recorder.
func (r *Recorder) Stop() { r.cancel() }

// Event records an event.
func (r *Recorder) Event(s string) { r.events <- s }

// Stream yields items until Recv fails.
type Stream struct {
	items  chan string
	failed chan error
	closed bool
	cancel context.CancelFunc
}

// Subscribe opens a stream.
func Subscribe(ctx context.Context, topic string) *Stream {
	ctx, cancel := context.WithCancel(ctx)
	s := &Stream{items: make(chan string), failed: make(chan error, 1), cancel: cancel}
	go s.read(ctx, topic)
	return s
}

func (s *Stream) read(ctx context.Context, topic string) {
	select {
	case <-ctx.Done():
		s.failed <- ctx.Err()
	case s.items <- topic:
	}
}

// Recv returns the next item, or the error with which the stream ends.
func (s *Stream) Recv() (string, error) {
	select {
	case item := <-s.items:
		return item, nil
	case err := <-s.failed:
		s.cancel()
		return "", err
	}
}

// Close ends the stream before its end. It may be called twice.
func (s *Stream) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.cancel()
	return flush(s)
}

func flush(*Stream) error { return nil }

// Cursor yields items until Next returns false.
type Cursor struct {
	left   int
	cancel context.CancelFunc
}

// Query opens a cursor.
func Query(ctx context.Context, n int) *Cursor {
	ctx, cancel := context.WithCancel(ctx)
	go func() { <-ctx.Done() }()
	return &Cursor{left: n, cancel: cancel}
}

// Next reports whether there is another item.
func (c *Cursor) Next() bool {
	if c.left == 0 {
		c.cancel()
		return false
	}
	c.left--
	return true
}

// Stop ends the cursor before its end.
func (c *Cursor) Stop() { c.cancel() }

// An Opened is what was opened, or why it was not.
type Opened struct {
	Err    error
	cancel context.CancelFunc
}

// Open returns what it opened.
func Open(ctx context.Context, addr string) *Opened {
	if addr == "" {
		return &Opened{Err: errors.New("no address")}
	}
	ctx, cancel := context.WithCancel(ctx)
	go func() { <-ctx.Done() }()
	return &Opened{cancel: cancel}
}

// Close closes it.
func (o *Opened) Close() { o.cancel() }

// Named sets its name, and returns it.
func (c *Conn) Named(addr string) *Conn {
	c.addr = addr
	return c
}

// A Handle is used by value.
type Handle struct{ conn *Conn }

// NewHandle makes a handle.
func NewHandle(ctx context.Context) (*Handle, error) {
	conn, err := Dial(ctx, "handle")
	if err != nil {
		return nil, err
	}
	return &Handle{conn}, nil
}

// Stop ends what the handle is one of.
func (h Handle) Stop() { h.conn.Close() }

// Name tells its name.
func (h Handle) Name() string { return h.conn.addr }
