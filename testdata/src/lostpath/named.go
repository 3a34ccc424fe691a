package lostpath

// "`defer func() { if err != nil { cancel() } }()` with a named result releases
// on some returns only."

import (
	"context"
	"net"
)

// stream is a connection under a context of its own.
type stream struct {
	net.Conn
	cancel context.CancelFunc
}

func (s *stream) Close() error {
	s.cancel()
	return s.Conn.Close()
}

type dialer func(ctx context.Context, addr string) (net.Conn, error)

// OpenLeaks gives the function away only to itself: nobody has it when all
// goes well.
func OpenLeaks(parent context.Context, addr string, dial dialer) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	c, err = dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return c, nil
}

func OpenClean(parent context.Context, addr string, dial dialer) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	c, err = dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &stream{Conn: c, cancel: cancel}, nil
}

// ShadowLeaks has an err of its own, which the deferred function can't see:
// the result is nil where check has failed.
func ShadowLeaks(parent context.Context, addr string, check func() error, dial dialer) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	if err := check(); err != nil {
		return nil, nil
	}
	c, err = dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &stream{Conn: c, cancel: cancel}, nil
}

func ShadowClean(parent context.Context, addr string, check func() error, dial dialer) (c net.Conn, err error) {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	if err := check(); err != nil {
		return nil, err
	}
	c, err = dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	return &stream{Conn: c, cancel: cancel}, nil
}

// KeepLeaks says that it keeps its context, and does not.
func KeepLeaks(parent context.Context, addr string, dial dialer) (net.Conn, error) {
	keep := false
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer func() {
		if !keep {
			cancel()
		}
	}()
	c, err := dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	keep = true
	return c, nil
}

func KeepClean(parent context.Context, addr string, dial dialer) (net.Conn, error) {
	keep := false
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if !keep {
			cancel()
		}
	}()
	c, err := dial(ctx, addr)
	if err != nil {
		return nil, err
	}
	keep = true
	return &stream{Conn: c, cancel: cancel}, nil
}

// SuccessLeaks has the condition the wrong way round.
func SuccessLeaks(parent context.Context, do func(context.Context) error) (err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer func() {
		if err == nil {
			cancel()
		}
	}()
	return do(ctx)
}

func SuccessClean(parent context.Context, do func(context.Context) error, report func(error)) (err error) {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if err != nil {
			report(err)
		}
		cancel()
	}()
	return do(ctx)
}

// KnownErrorLeaks releases for other errors than the one that it returns.
func KnownErrorLeaks(parent context.Context, ready func() bool) (ctx context.Context, stop func(), err error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	defer func() {
		if err == nil {
			return
		}
		if !ready() {
			cancel()
		}
	}()
	if !ready() {
		return parent, nil, errBusy
	}
	return ctx, cancel, nil
}

// KnownErrorClean returns an error of the package's own, which is set, beside
// results that are not zero.
func KnownErrorClean(parent context.Context, ready func() bool) (ctx context.Context, stop func(), err error) {
	ctx, cancel := context.WithCancel(parent)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	if !ready() {
		return parent, nil, errBusy
	}
	return ctx, cancel, nil
}
