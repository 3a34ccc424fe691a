// Package proxy reads series from stores.
package proxy

import (
	"context"
	"fmt"
)

// Frame is a part of a response.
type Frame struct {
	Series  int
	Samples int
	Warning string
}

// Receiver yields frames, then io.EOF.
type Receiver interface {
	Recv() (*Frame, error)
}

// Store is one backend.
type Store interface {
	Name() string
	Series(ctx context.Context, matcher string) (Receiver, error)
}

// series is an open response of one store.
type series struct {
	Receiver
	store  string
	cancel context.CancelFunc
}

func openSeries(ctx context.Context, st Store, matcher string) (*series, error) {
	ctx, cancel := context.WithCancel(ctx)
	r, err := st.Series(ctx, matcher)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("store %s: %w", st.Name(), err)
	}
	return &series{Receiver: r, store: st.Name(), cancel: cancel}, nil
}

// abort ends the response, whether it is complete or not.
func (s *series) abort() { s.cancel() }
