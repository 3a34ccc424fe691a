// Package stream reads values that a server sends one by one.
package stream

import (
	"context"
	"io"
	"sync"
)

// Source is the server's side.
type Source[T any] interface {
	// Start begins to send; next returns io.EOF at the end. What the server
	// holds for the stream is freed when ctx is done.
	Start(ctx context.Context) (next func() (T, error), err error)
}

// Stream is what a source sends. It must be read until an error, which may be
// io.EOF, or closed.
type Stream[T any] struct {
	next   func() (T, error)
	cancel context.CancelFunc
	once   sync.Once
	err    error
}

// Open opens a stream.
func Open[T any](ctx context.Context, src Source[T]) (*Stream[T], error) {
	ctx, cancel := context.WithCancel(ctx)
	next, err := src.Start(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &Stream[T]{next: next, cancel: cancel}, nil
}

// Recv returns the next value.
func (s *Stream[T]) Recv() (v T, err error) {
	if s.err != nil {
		return v, s.err
	}
	if v, err = s.next(); err != nil {
		s.finish(err)
	}
	return v, err
}

func (s *Stream[T]) finish(err error) {
	s.once.Do(func() {
		s.err = err
		s.cancel()
	})
}

// Close ends the stream.
func (s *Stream[T]) Close() { s.finish(io.ErrClosedPipe) }
