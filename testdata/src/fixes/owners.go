// An owner is closed where its maker can know how.
package fixes

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

type feed struct {
	cancel context.CancelFunc
	events chan string
}

func openFeed(parent context.Context, source func(context.Context) <-chan string) (*feed, error) {
	if source == nil {
		return nil, errors.New("no source")
	}
	ctx, cancel := context.WithCancel(parent)
	f := &feed{cancel, make(chan string)}
	go func() {
		for s := range source(ctx) {
			f.events <- s
		}
	}()
	return f, nil
}

func (f *feed) next() string { return <-f.events }

// Close closes f.
func (f *feed) Close() error {
	f.cancel()
	return nil
}

func neverLeaks(parent context.Context, source func(context.Context) <-chan string) (string, error) {
	f, err := openFeed(parent, source)
	if err != nil {
		return "", err
	}
	return f.next(), nil
}

func sometimesLeaks(parent context.Context, source func(context.Context) <-chan string) (string, error) {
	f, err := openFeed(parent, source)
	if err != nil {
		return "", err
	}
	s := f.next()
	if s == "" {
		return "", errors.New("empty")
	}
	return s, f.Close()
}

// beforeLeaks returns before there is anything to wait for.
func beforeLeaks(parent context.Context, check func() error, work func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	if err := check(); err != nil {
		return err
	}
	g.Go(func() error { return work(ctx) })
	return g.Wait()
}

// No fix below.

// afterLeaks would wait for what may not end.
func afterLeaks(parent context.Context, check func() error, work func(context.Context) error) error {
	g, ctx := errgroup.WithContext(parent)
	g.Go(func() error { return work(ctx) })
	if err := check(); err != nil {
		return err
	}
	return g.Wait()
}

// uncheckedLeaks does not look whether there is a feed.
func uncheckedLeaks(parent context.Context, source func(context.Context) <-chan string) string {
	f, _ := openFeed(parent, source)
	return f.next()
}
