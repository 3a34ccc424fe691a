package unclosed

// "Chains": a method of another package that returns its receiver; and "copies": owners
// that need no pointer.

import (
	"context"

	"unclosed/dep"
)

func chainClean(ctx context.Context) error {
	conn, err := dep.Dial(ctx, "a")
	if err != nil {
		return err
	}
	named := conn.Named("b").Named("c")
	defer named.Close()
	return named.Send("hello")
}

func chainLeaks(ctx context.Context) error {
	conn, err := dep.Dial(ctx, "a") // want `^result of dep.Dial owns a context of context.WithCancel and is never released by Close`
	if err != nil {
		return err
	}
	return conn.Named("b").Named("c").Send("hello")
}

func chainReturned(ctx context.Context) *dep.Conn {
	conn, err := dep.Dial(ctx, "a")
	if err != nil {
		return nil
	}
	return conn.Named("b")
}

type stopper interface {
	Stop()
	Name() string
}

type copied struct{ h stopper }

func (c *copied) Close() { c.h.Stop() }

func newCopied(ctx context.Context) (*copied, error) {
	h, err := dep.NewHandle(ctx)
	if err != nil {
		return nil, err
	}
	return &copied{h: *h}, nil
}

func copyLeaks(ctx context.Context) (string, error) {
	h, err := dep.NewHandle(ctx) // want `^result of dep.NewHandle owns a context of context.WithCancel and is never released by Stop`
	if err != nil {
		return "", err
	}
	other := *h
	return other.Name(), nil
}

func boundClean(ctx context.Context) (name func() string, stop func(), err error) {
	h, err := dep.NewHandle(ctx)
	if err != nil {
		return nil, nil, err
	}
	return h.Name, h.Stop, nil
}
