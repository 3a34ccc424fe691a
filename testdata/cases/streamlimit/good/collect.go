package stream

import (
	"context"
	"errors"
	"io"
)

// Collect returns all values of a stream.
func Collect[T any](ctx context.Context, src Source[T]) ([]T, error) {
	s, err := Open(ctx, src)
	if err != nil {
		return nil, err
	}
	var all []T
	for {
		v, err := s.Recv()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
}

// First returns up to n values that match.
func First[T any](ctx context.Context, src Source[T], n int, match func(T) bool) ([]T, error) {
	s, err := Open(ctx, src)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var found []T
	for len(found) < n {
		v, err := s.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return found, err
		}
		if match(v) {
			found = append(found, v)
		}
	}
	return found, nil
}
