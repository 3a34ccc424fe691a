package unclosed

// The natural end of an owner: a method that releases only where it reports the
// end, by an error or by false.

import (
	"context"
	"errors"

	"unclosed/dep"
)

var errEnough = errors.New("enough")

// FirstItemLeaks takes one item and leaves.
func FirstItemLeaks(ctx context.Context, topic string) (string, error) {
	s := dep.Subscribe(ctx, topic) // want `result of dep.Subscribe owns a context of context.WithCancel and is not released on every path by Close: .* \[unclosed\]`
	item, err := s.Recv()
	if err != nil {
		return "", err
	}
	return item, nil
}

// FirstItemClean closes the stream before it leaves.
func FirstItemClean(ctx context.Context, topic string) (string, error) {
	s := dep.Subscribe(ctx, topic)
	item, err := s.Recv()
	if err != nil {
		return "", err
	}
	return item, s.Close()
}

// DeferredClean closes it in any case.
func DeferredClean(ctx context.Context, topic string) (string, error) {
	s := dep.Subscribe(ctx, topic)
	defer s.Close()
	return s.Recv()
}

// AllClean reads to the end.
func AllClean(ctx context.Context, topic string, use func(string)) error {
	s := dep.Subscribe(ctx, topic)
	for {
		item, err := s.Recv()
		if errors.Is(err, errEnough) {
			return nil
		}
		if err != nil {
			return err
		}
		use(item)
	}
}

// SomeLeaks stops reading where it has enough.
func SomeLeaks(ctx context.Context, topic string, use func(string) error) error {
	s := dep.Subscribe(ctx, topic) // want `\[unclosed\]`
	for {
		item, err := s.Recv()
		if err != nil {
			return err
		}
		if err := use(item); err != nil {
			return err
		}
	}
}

// RowsLeaks breaks off.
func RowsLeaks(ctx context.Context, use func() bool) {
	c := dep.Query(ctx, 10) // want `is not released on every path by Stop: .* \[unclosed\]`
	for c.Next() {
		if !use() {
			return
		}
	}
}

// RowsClean goes on to the end.
func RowsClean(ctx context.Context, use func() bool) {
	c := dep.Query(ctx, 10)
	for c.Next() {
		if !use() {
			c.Stop()
			return
		}
	}
}
