// Package live runs one query per session; a new one replaces the old one.
package live

import (
	"context"
	"errors"
	"sync"
)

// ErrReplaced is the cause of queries that a newer one replaced.
var ErrReplaced = errors.New("replaced by a newer query")

type active struct {
	serial uint64
	cancel context.CancelCauseFunc
}

// Engine runs queries.
type Engine struct {
	run func(ctx context.Context, query string, emit func(row string)) error

	mu     sync.Mutex
	serial uint64
	active map[string]active
}

// NewEngine returns an engine on top of run.
func NewEngine(run func(context.Context, string, func(string)) error) *Engine {
	return &Engine{run: run, active: make(map[string]active)}
}

func (e *Engine) begin(ctx context.Context, session string) (context.Context, uint64) {
	ctx, cancel := context.WithCancelCause(ctx)
	e.mu.Lock()
	e.serial++
	serial := e.serial
	old, replaced := e.active[session]
	e.active[session] = active{serial: serial, cancel: cancel}
	e.mu.Unlock()
	if replaced {
		old.cancel(ErrReplaced)
	}
	return ctx, serial
}

func (e *Engine) finish(session string, serial uint64) {
	e.mu.Lock()
	cur, ok := e.active[session]
	mine := ok && cur.serial == serial
	if mine {
		delete(e.active, session)
	}
	e.mu.Unlock()
	if mine {
		cur.cancel(nil)
	}
}

// Query runs query for session and ends what ran there before.
func (e *Engine) Query(ctx context.Context, session, query string, emit func(string)) error {
	ctx, serial := e.begin(ctx, session)
	defer e.finish(session, serial)
	if err := e.run(ctx, query, emit); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return nil
}

// Drop ends the query of session.
func (e *Engine) Drop(session string) {
	e.mu.Lock()
	cur, ok := e.active[session]
	delete(e.active, session)
	e.mu.Unlock()
	if ok {
		cur.cancel(context.Canceled)
	}
}
