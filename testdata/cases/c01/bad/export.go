// Package export ships batches of telemetry to a collector.
package export

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrSlow is the cause of contexts that the collector let expire.
var ErrSlow = errors.New("collector too slow")

// Priority says how long a batch may take.
type Priority int

// The priorities.
const (
	Normal Priority = iota
	Urgent
	Final
)

// Batch is a list of encoded items.
type Batch struct {
	Priority Priority
	Items    [][]byte
}

// Exporter sends batches until it is shut down.
type Exporter struct {
	life  context.Context
	end   context.CancelFunc
	limit time.Duration
	grace time.Duration
	send  func(ctx context.Context, items [][]byte) error
}

// New returns an exporter under parent. Shutdown must be called.
func New(parent context.Context, limit, grace time.Duration, send func(context.Context, [][]byte) error) *Exporter {
	life, end := context.WithCancel(parent)
	return &Exporter{life: life, end: end, limit: limit, grace: grace, send: send}
}

// Export sends one batch.
func (e *Exporter) Export(b Batch) error {
	if len(b.Items) == 0 {
		return nil
	}
	ctx := e.life
	switch b.Priority {
	case Urgent:
		ctx, _ = context.WithTimeoutCause(e.life, e.grace, ErrSlow) // LEAK
	case Normal:
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(e.life, e.limit)
		defer cancel()
	}
	if err := e.send(ctx, b.Items); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("export of %d items: %w", len(b.Items), err)
	}
	return nil
}

// Run exports what comes in, until the channel is closed.
func (e *Exporter) Run(batches <-chan Batch, failed func(error)) {
	for b := range batches {
		if err := e.Export(b); err != nil {
			failed(err)
		}
	}
}

// Shutdown sends a last batch and ends the exporter.
func (e *Exporter) Shutdown(last Batch) error {
	defer e.end()
	last.Priority = Final
	return e.Export(last)
}
