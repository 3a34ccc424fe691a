// Package election leads while elected.
package election

import (
	"context"
	"log/slog"
	"sync"
)

// State is what the election says about a candidate.
type State int

// The states.
const (
	Following State = iota
	Leading
)

// Event is a change of state. A leader whose lease was renewed with a new
// epoch gets another Leading.
type Event struct {
	State State
	Epoch uint64
}

// Elector leads while it is elected.
type Elector struct {
	term
	name string
	lead func(ctx context.Context, epoch uint64)
	wg   sync.WaitGroup
}

// New returns an elector that runs lead while it is elected.
func New(name string, lead func(context.Context, uint64)) *Elector {
	return &Elector{name: name, lead: lead}
}

// Run follows the election until there are no more events.
func (e *Elector) Run(ctx context.Context, events <-chan Event) {
	defer e.wg.Wait()
	defer e.end()
	for ev := range events {
		switch ev.State {
		case Leading:
			slog.InfoContext(ctx, "leading", "name", e.name, "epoch", ev.Epoch)
			tctx := e.begin(ctx, ev.Epoch)
			e.wg.Go(func() { e.lead(tctx, ev.Epoch) })
		case Following:
			slog.InfoContext(ctx, "following", "name", e.name, "epoch", ev.Epoch)
			e.end()
		}
	}
}
