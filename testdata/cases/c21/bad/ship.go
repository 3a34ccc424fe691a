// Package ship sends the lines of a remote log to a sink.
package ship

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cases/c21/bad/tail"
)

// Shipper ships one log.
type Shipper struct {
	src    tail.Source
	sink   func(ctx context.Context, line string) error
	tail   *tail.Tail
	offset int64
	gaps   int
}

// NewShipper returns a shipper from src to sink.
func NewShipper(src tail.Source, sink func(context.Context, string) error) *Shipper {
	return &Shipper{src: src, sink: sink}
}

func (s *Shipper) reopen(ctx context.Context) {
	s.tail = tail.Open(ctx, s.src, s.offset) // LEAK
}

// Ship runs until the sink fails or ctx is done.
func (s *Shipper) Ship(ctx context.Context) error {
	s.reopen(ctx)
	defer func() { s.tail.Close() }()
	for {
		line, err := s.tail.Next(ctx)
		switch {
		case err == nil:
			if err := s.sink(ctx, line); err != nil {
				return fmt.Errorf("sink: %w", err)
			}
			s.offset++
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, tail.ErrGap):
			s.gaps++
			s.reopen(ctx)
		default:
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
				return ctx.Err()
			}
			s.reopen(ctx)
		}
	}
}
