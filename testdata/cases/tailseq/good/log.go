// Package tail follows an append-only log.
package tail

import (
	"context"
	"errors"
	"iter"
)

// ErrNotFound is returned when the log ends before a match.
var ErrNotFound = errors.New("no such record")

// Record is one entry of the log.
type Record struct {
	Offset int64
	Data   []byte
}

// Source is where the records come from.
type Source interface {
	// Follow sends records until ctx is done or the log is sealed.
	Follow(ctx context.Context, from int64) <-chan Record
}

// Log is a log to be followed.
type Log struct {
	source Source
}

// New returns the log of source.
func New(source Source) *Log { return &Log{source: source} }

// Tail returns the records from the given offset on, as they are written.
func (l *Log) Tail(ctx context.Context, from int64) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for records := l.source.Follow(ctx, from); ; {
			select {
			case <-ctx.Done():
				yield(Record{}, ctx.Err())
				return
			case r, ok := <-records:
				if !ok {
					return
				}
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// Find returns the first record from the given offset on that matches.
func (l *Log) Find(ctx context.Context, from int64, match func([]byte) bool) (Record, error) {
	for r, err := range l.Tail(ctx, from) {
		if err != nil {
			return Record{}, err
		}
		if match(r.Data) {
			return r, nil
		}
	}
	return Record{}, ErrNotFound
}
