package lostpath

// "An early return drops a fresh object whose field holds the cancel".

import (
	"context"
	"io"
	"log"
	"sync"
)

// link is a connection to a peer; it works until it is closed.
type link struct {
	peer   string
	ctx    context.Context
	cancel context.CancelFunc
}

func (l *link) Close() { l.cancel() }

func (l *link) greet(hello func(context.Context, string) error) error {
	return hello(l.ctx, l.peer)
}

func OpenLinkLeaks(parent context.Context, peer string, hello func(context.Context, string) error) (*link, error) {
	l := &link{peer: peer}
	l.ctx, l.cancel = context.WithCancel(parent) // want `\[lostpath\]`
	if err := hello(l.ctx, peer); err != nil {
		return nil, err
	}
	return l, nil
}

func OpenLinkClean(parent context.Context, peer string, hello func(context.Context, string) error) (*link, error) {
	l := &link{peer: peer}
	l.ctx, l.cancel = context.WithCancel(parent)
	if err := hello(l.ctx, peer); err != nil {
		l.cancel()
		return nil, err
	}
	return l, nil
}

// GreetLinkLeaks calls a method before it drops the object; greet does not
// close it.
func GreetLinkLeaks(parent context.Context, peer string, hello func(context.Context, string) error) (*link, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	l := &link{peer: peer, ctx: ctx, cancel: cancel}
	if err := l.greet(hello); err != nil {
		return nil, err
	}
	return l, nil
}

func GreetLinkClean(parent context.Context, peer string, hello func(context.Context, string) error) (*link, error) {
	ctx, cancel := context.WithCancel(parent)
	l := &link{peer: peer, ctx: ctx, cancel: cancel}
	if err := l.greet(hello); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// DeferredLinkClean closes in a deferred function, unless it returns the link.
func DeferredLinkClean(parent context.Context, peer string, hello func(context.Context, string) error) (_ *link, err error) {
	l := &link{peer: peer}
	l.ctx, l.cancel = context.WithCancel(parent)
	defer func() {
		if err != nil {
			l.Close()
		}
	}()
	if err := l.greet(hello); err != nil {
		return nil, err
	}
	return l, nil
}

// ReturnedAnywayClean returns its object with the error; the caller can close
// it.
func ReturnedAnywayClean(parent context.Context, peer string, hello func(context.Context, string) error) (*link, error) {
	l := &link{peer: peer}
	l.ctx, l.cancel = context.WithCancel(parent)
	return l, l.greet(hello)
}

// mesh owns the links to all its peers.
type mesh struct {
	mu    sync.Mutex
	links map[string]*link
}

func (m *mesh) Close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.links {
		l.Close()
	}
}

func (m *mesh) JoinLeaks(parent context.Context, peer string, hello func(context.Context, string) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.links[peer]; ok {
		return nil
	}
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	l := &link{peer: peer, ctx: ctx, cancel: cancel}
	if err := l.greet(hello); err != nil {
		return err
	}
	m.links[peer] = l
	return nil
}

// JoinClean has the mesh own the link before anything can go wrong.
func (m *mesh) JoinClean(parent context.Context, peer string, hello func(context.Context, string) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.links[peer]; ok {
		return nil
	}
	ctx, cancel := context.WithCancel(parent)
	l := &link{peer: peer, ctx: ctx, cancel: cancel}
	m.links[peer] = l
	if err := l.greet(hello); err != nil {
		return err
	}
	return nil
}

// relay has a link as a part of it, and closes through it.
type relay struct {
	link
	out io.Writer
}

// RelayLeaks drops the part with the whole.
func RelayLeaks(parent context.Context, out io.Writer, hello func(context.Context, string) error) (*relay, error) {
	r := &relay{out: out}
	r.ctx, r.cancel = context.WithCancel(parent) // want `\[lostpath\]`
	if err := r.greet(hello); err != nil {
		log.Print(err)
		return nil, err
	}
	return r, nil
}

func RelayClean(parent context.Context, out io.Writer, hello func(context.Context, string) error) (*relay, error) {
	r := &relay{out: out}
	r.ctx, r.cancel = context.WithCancel(parent)
	if err := r.greet(hello); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// ticket is passed around by value.
type ticket struct {
	id     int
	cancel context.CancelFunc
}

func (t ticket) Close() { t.cancel() }

func IssueLeaks(parent context.Context, id int, start func(context.Context) error) (ticket, error) {
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	t := ticket{id: id, cancel: cancel}
	if err := start(ctx); err != nil {
		return ticket{}, err
	}
	return t, nil
}

func IssueClean(parent context.Context, id int, start func(context.Context) error) (ticket, error) {
	ctx, cancel := context.WithCancel(parent)
	t := ticket{id: id, cancel: cancel}
	if err := start(ctx); err != nil {
		t.Close()
		return ticket{}, err
	}
	return t, nil
}

// UseTicketLeaks closes by a method of the value, too late.
func UseTicketLeaks(parent context.Context, id int, check func() error, do func(context.Context) error) error {
	var t ticket
	ctx, cancel := context.WithCancel(parent) // want `\[lostpath\]`
	t.id, t.cancel = id, cancel
	if err := check(); err != nil {
		return err
	}
	defer t.Close()
	return do(ctx)
}

func UseTicketClean(parent context.Context, id int, check func() error, do func(context.Context) error) error {
	var t ticket
	ctx, cancel := context.WithCancel(parent)
	t.id, t.cancel = id, cancel
	defer t.Close()
	if err := check(); err != nil {
		return err
	}
	return do(ctx)
}

// UseRelayClean closes by the promoted method of the embedded link.
func UseRelayClean(parent context.Context, out io.Writer, check func() error, hello func(context.Context, string) error) error {
	r := &relay{out: out}
	r.ctx, r.cancel = context.WithCancel(parent)
	defer r.Close()
	if err := check(); err != nil {
		return err
	}
	return r.greet(hello)
}
