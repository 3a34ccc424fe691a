// Package exec executes statements with pooled state.
package exec

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
)

// Row is one result.
type Row []any

// Plan yields rows, then io.EOF.
type Plan interface {
	Next(ctx context.Context) (Row, error)
}

// ErrTooMany is returned where a statement yields too many rows.
var ErrTooMany = errors.New("too many rows")

type state struct {
	ctx    context.Context
	cancel context.CancelFunc
	rows   []Row
	limit  int
}

var states = sync.Pool{New: func() any { return &state{rows: make([]Row, 0, 64)} }}

func (st *state) init(parent context.Context, limit int) {
	st.ctx, st.cancel = context.WithCancel(parent)
	st.limit = limit
}

func (st *state) abort() {
	if st.cancel != nil {
		st.cancel()
	}
}

func (st *state) reset() {
	clear(st.rows)
	st.rows = st.rows[:0]
	st.limit = 0
	if st.cancel != nil {
		st.cancel()
	}
	st.ctx, st.cancel = nil, nil
}

func (st *state) collect(p Plan) error {
	for {
		row, err := p.Next(st.ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(st.rows) == st.limit {
			st.abort()
			return ErrTooMany
		}
		st.rows = append(st.rows, row)
	}
}

// Query returns the rows of p, at most limit.
func Query(ctx context.Context, p Plan, limit int) ([]Row, error) {
	st := states.Get().(*state)
	st.init(ctx, limit)
	defer func() {
		st.reset()
		states.Put(st)
	}()
	if err := st.collect(p); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	return append([]Row(nil), st.rows...), nil
}

// Serve executes the plans of one connection.
func Serve(ctx context.Context, plans <-chan Plan, limit int, reply func([]Row, error)) {
	for p := range plans {
		reply(Query(ctx, p, limit))
	}
}
