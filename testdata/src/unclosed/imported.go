package unclosed

// The constructor stands in an imported package.

import (
	"context"
	"io"

	"unclosed/dep"
)

// ImportedLeaks never closes the connection.
func ImportedLeaks(ctx context.Context, addr string) error {
	c, err := dep.Dial(ctx, addr) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	return c.Send("hello")
}

// ImportedClean closes it.
func ImportedClean(ctx context.Context, addr string) error {
	c, err := dep.Dial(ctx, addr)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Send("hello")
}

// ImportedPathLeaks closes it only where sending succeeds.
func ImportedPathLeaks(ctx context.Context, addr string) error {
	c, err := dep.Dial(ctx, addr) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	if err := c.Send("hello"); err != nil {
		return err
	}
	return c.Close()
}

// ImportedPathClean closes it either way.
func ImportedPathClean(ctx context.Context, addr string) error {
	c, err := dep.Dial(ctx, addr)
	if err != nil {
		return err
	}
	if err := c.Send("hello"); err != nil {
		c.Close()
		return err
	}
	return c.Close()
}

// ImportedGenericLeaks never stops the queue.
func ImportedGenericLeaks(ctx context.Context, vs []int, f func(int)) {
	q := dep.NewQueue(ctx, f) // want `\[unclosed\]`
	for _, v := range vs {
		q.Put(v)
	}
}

// ImportedGenericClean stops it.
func ImportedGenericClean(ctx context.Context, vs []int, f func(int)) {
	q := dep.NewQueue(ctx, f)
	for _, v := range vs {
		q.Put(v)
	}
	q.Stop()
}

// ImportedInterfaceLeaks never closes the store, whose type it can't even name.
func ImportedInterfaceLeaks(ctx context.Context, key string) (string, error) {
	s, err := dep.OpenStore(ctx) // want `\[unclosed\]`
	if err != nil {
		return "", err
	}
	return s.Get(key), nil
}

// ImportedInterfaceClean closes it.
func ImportedInterfaceClean(ctx context.Context, key string) (string, error) {
	s, err := dep.OpenStore(ctx)
	if err != nil {
		return "", err
	}
	defer s.Close()
	return s.Get(key), nil
}

// ImportedLookLeaks passes the connection to a function of its package that leaves it open.
func ImportedLookLeaks(ctx context.Context, addr string) (string, error) {
	c, err := dep.Dial(ctx, addr) // want `\[unclosed\]`
	if err != nil {
		return "", err
	}
	return dep.Describe(c), nil
}

// ImportedHelperClean passes it to one that closes it.
func ImportedHelperClean(ctx context.Context, addr string) (string, error) {
	c, err := dep.Dial(ctx, addr)
	if err != nil {
		return "", err
	}
	defer dep.CloseConn(c)
	return dep.Describe(c), nil
}

// Link is an owner here of an owner there.
type Link struct {
	conn *dep.Conn
}

// NewLink returns a link. Close must be called.
func NewLink(ctx context.Context, addr string) (*Link, error) {
	c, err := dep.Dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &Link{conn: c}, nil
}

// Ping uses the link.
func (l *Link) Ping() error { return l.conn.Send("ping") }

// Close ends the link.
func (l *Link) Close() error { return l.conn.Close() }

// LinkLeaks never closes the link.
func LinkLeaks(ctx context.Context, addr string) error {
	l, err := NewLink(ctx, addr) // want `\[unclosed\]`
	if err != nil {
		return err
	}
	return l.Ping()
}

// LinkClean closes it as an io.Closer.
func LinkClean(ctx context.Context, addr string) (err error) {
	l, err := NewLink(ctx, addr)
	if err != nil {
		return err
	}
	defer closeQuietly(l)
	return l.Ping()
}

func closeQuietly(c io.Closer) { _ = c.Close() }

type controller struct{ recorder *dep.Recorder }

func (c *controller) stop() { c.recorder.Stop() }

// OptionParentClean makes a recorder that ends with ctx: whose context it
// derives from, its maker learns from options, and nobody else knows.
func OptionParentClean(ctx context.Context, check func() error) (*controller, error) {
	r := dep.NewRecorder(dep.WithContext(ctx))
	if err := check(); err != nil {
		return nil, err
	}
	return &controller{r}, nil
}

// DefaultParentLeaks makes one that only Stop ends.
func DefaultParentLeaks(check func() error) (*controller, error) {
	r := dep.NewDefaultRecorder() // want `result of dep.NewDefaultRecorder owns a context .*: its parent never ends`
	if err := check(); err != nil {
		return nil, err
	}
	return &controller{r}, nil
}

// OpenedClean closes what was opened.
func OpenedClean(ctx context.Context, addr string) error {
	o := dep.Open(ctx, addr)
	if o.Err != nil {
		return o.Err
	}
	defer o.Close()
	return nil
}

// OpenedLeaks closes only what was not.
func OpenedLeaks(ctx context.Context, addr string) error {
	o := dep.Open(ctx, addr) // want `\[unclosed\]`
	if o.Err == nil {
		return nil
	}
	o.Close()
	return o.Err
}
