// Package longpoll reads a feed page by page.
package longpoll

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSkipped is the cause of a poll that was given up.
var ErrSkipped = errors.New("poll skipped")

// Page is what one poll returns.
type Page struct {
	Items []string
	Next  string // cursor of the next page, empty at the end
}

// Open polls for the page at a cursor.
type Open func(ctx context.Context, cursor string) (Page, error)

// Feed is a feed that is read by one goroutine.
type Feed struct {
	open    Open
	current atomic.Pointer[context.CancelCauseFunc]
}

// NewFeed returns a feed.
func NewFeed(open Open) *Feed { return &Feed{open: open} }

// Skip gives up the poll in progress, if any; it may be called from any
// goroutine.
func (f *Feed) Skip() {
	if cancel := f.current.Swap(nil); cancel != nil {
		(*cancel)(ErrSkipped)
	}
}

// Read calls use with each page from the cursor on.
func (f *Feed) Read(ctx context.Context, cursor string, use func([]string)) error {
	defer f.Skip()
	for {
		page, err := f.poll(ctx, cursor)
		switch {
		case errors.Is(err, ErrSkipped):
			continue
		case err != nil:
			return fmt.Errorf("page %q: %w", cursor, err)
		}
		use(page.Items)
		if page.Next == "" {
			return nil
		}
		cursor = page.Next
	}
}

func (f *Feed) poll(ctx context.Context, cursor string) (Page, error) {
	ctx, cancel := context.WithCancelCause(ctx) // LEAK
	f.current.Store(&cancel)                    // LEAK
	page, err := f.open(ctx, cursor)
	if err != nil && ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return page, err
}
