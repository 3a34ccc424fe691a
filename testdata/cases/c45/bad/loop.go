// Package loop handles a stream of events.
package loop

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"cases/c45/bad/span"
)

// Event is a change somewhere.
type Event struct {
	Kind    string
	Payload []byte
}

// Loop handles events.
type Loop struct {
	Handlers map[string]func(ctx context.Context, payload []byte) error
	Limit    int
}

// Run handles events until there are no more or too many failed.
func (l *Loop) Run(ctx context.Context, events iter.Seq[Event]) error {
	failed := 0
	for e := range events {
		h, ok := l.Handlers[e.Kind]
		if !ok {
			slog.DebugContext(ctx, "no handler", "kind", e.Kind)
			continue
		}
		var sp *span.Span
		ctx, sp = span.Start(ctx, e.Kind) // LEAK
		if err := h(ctx, e.Payload); err != nil {
			slog.WarnContext(ctx, "event failed", "kind", sp.Name, "err", err)
			failed++
		}
		if failed > l.Limit {
			return fmt.Errorf("%d events failed", failed)
		}
	}
	return nil
}
