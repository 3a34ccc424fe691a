// Package loop handles a stream of events.
package loop

import (
	"context"
	"fmt"
	"iter"
	"log/slog"

	"cases/c45/good/span"
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
		if err := l.handle(ctx, h, e); err != nil {
			slog.WarnContext(ctx, "event failed", "kind", e.Kind, "err", err)
			failed++
		}
		if failed > l.Limit {
			return fmt.Errorf("%d events failed", failed)
		}
	}
	return nil
}

func (l *Loop) handle(ctx context.Context, h func(context.Context, []byte) error, e Event) error {
	ctx, sp := span.Start(ctx, e.Kind)
	defer sp.End()
	return h(ctx, e.Payload)
}
