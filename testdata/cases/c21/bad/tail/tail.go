// Package tail follows a remote log.
package tail

import (
	"context"
	"errors"
)

// ErrGap says that lines were lost.
var ErrGap = errors.New("gap in the log")

// Source reads one line at a time.
type Source func(ctx context.Context, offset int64) (line string, next int64, err error)

// Tail delivers lines. Close must be called.
type Tail struct {
	lines  chan string
	fail   chan error
	cancel context.CancelFunc
}

// Open follows src from offset.
func Open(ctx context.Context, src Source, offset int64) *Tail {
	ctx, cancel := context.WithCancel(ctx)
	t := &Tail{lines: make(chan string), fail: make(chan error, 1), cancel: cancel}
	go func() {
		for {
			line, next, err := src(ctx, offset)
			if err != nil {
				t.fail <- err
				<-ctx.Done()
				return
			}
			offset = next
			select {
			case t.lines <- line:
			case <-ctx.Done():
				return
			}
		}
	}()
	return t
}

// Next returns the next line.
func (t *Tail) Next(ctx context.Context) (string, error) {
	select {
	case l := <-t.lines:
		return l, nil
	case err := <-t.fail:
		return "", err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Close ends the tail.
func (t *Tail) Close() { t.cancel() }
