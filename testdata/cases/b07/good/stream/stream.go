// Package stream reads log lines from a querier.
package stream

import (
	"context"
	"errors"
)

// ErrBroken is returned when the connection is lost.
var ErrBroken = errors.New("stream is broken")

// Receiver receives lines.
type Receiver interface {
	Recv() (string, error)
}

// Stream is an open stream. It must be closed.
type Stream struct {
	recv   Receiver
	cancel context.CancelFunc
}

// Open opens a stream with dial.
func Open(ctx context.Context, dial func(context.Context) (Receiver, error)) (*Stream, error) {
	ctx, cancel := context.WithCancel(ctx)
	recv, err := dial(ctx)
	if err != nil {
		cancel()
		return nil, err
	}
	return &Stream{recv: recv, cancel: cancel}, nil
}

// Next returns the next line.
func (s *Stream) Next() (string, error) { return s.recv.Recv() }

// Close closes the stream.
func (s *Stream) Close() { s.cancel() }
