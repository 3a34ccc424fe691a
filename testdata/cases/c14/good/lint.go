package debounce

import (
	"context"
	"time"
)

// Edit is a change of an open document.
type Edit struct {
	URI  string
	Text string
}

// Linter checks documents some time after they were edited.
type Linter struct {
	Check   func(ctx context.Context, e Edit) []string
	Publish func(uri string, problems []string)
}

// Serve checks what is edited until edits is closed.
func (l *Linter) Serve(ctx context.Context, edits <-chan Edit) {
	trigger, stop := Latest(ctx, 300*time.Millisecond, func(ctx context.Context, e Edit) {
		problems := l.Check(ctx, e)
		if ctx.Err() == nil {
			l.Publish(e.URI, problems)
		}
	})
	defer stop()
	for e := range edits {
		trigger(e)
	}
}
