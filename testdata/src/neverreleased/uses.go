package neverreleased

// A use that isn't a call is no release: comparing, copying around, the look-alike of another type.

import (
	"context"
	"sync"
)

// ComparedLeaks asks only whether there is a cancel function.
type ComparedLeaks struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

// Start starts the work, unless it has been.
func (c *ComparedLeaks) Start(parent context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	c.cancel = cancel
	go work(ctx)
}

// Running reports whether the work has been started.
func (c *ComparedLeaks) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cancel != nil
}

// ComparedClean compares and then calls.
type ComparedClean struct {
	mu     sync.Mutex
	cancel context.CancelFunc
}

// Start starts the work, unless it has been.
func (c *ComparedClean) Start(parent context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		return
	}
	ctx, cancel := context.WithCancel(parent)
	c.cancel = cancel
	go work(ctx)
}

// Stop ends the work, if it has been started.
func (c *ComparedClean) Stop() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
		return true
	}
	return false
}

// CopiedLeaks hands its cancel function to a view of itself, which does nothing with it either.
type CopiedLeaks struct {
	name   string
	cancel context.CancelFunc
}

// ViewLeaks is a view of a CopiedLeaks.
type ViewLeaks struct {
	title string
	stop  context.CancelFunc
}

// NewCopiedLeaks starts the work called name.
func NewCopiedLeaks(parent context.Context, name string) *CopiedLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &CopiedLeaks{name: name, cancel: cancel}
}

// View returns a view.
func (c *CopiedLeaks) View() *ViewLeaks {
	return &ViewLeaks{title: "work " + c.name, stop: c.cancel}
}

// Title returns the view's title.
func (v *ViewLeaks) Title() string { return v.title }

// CopiedClean hands its cancel function to a handle that calls it.
type CopiedClean struct {
	name   string
	cancel context.CancelFunc
}

// HandleClean is a handle on a CopiedClean.
type HandleClean struct {
	title string
	stop  context.CancelFunc
}

// NewCopiedClean starts the work called name.
func NewCopiedClean(parent context.Context, name string) *CopiedClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &CopiedClean{name: name, cancel: cancel}
}

// Handle returns a handle.
func (c *CopiedClean) Handle() *HandleClean {
	return &HandleClean{title: "work " + c.name, stop: c.cancel}
}

// Stop ends the work.
func (h *HandleClean) Stop() { h.stop() }

// SameNameLeaks has a field named like the one that SameNameClean calls.
type SameNameLeaks struct {
	cancel context.CancelFunc
}

// NewSameNameLeaks starts the work.
func NewSameNameLeaks(parent context.Context) *SameNameLeaks {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	go work(ctx)
	return &SameNameLeaks{cancel: cancel}
}

// SameNameClean calls its own.
type SameNameClean struct {
	cancel context.CancelFunc
}

// NewSameNameClean starts the work.
func NewSameNameClean(parent context.Context) *SameNameClean {
	ctx, cancel := context.WithCancel(parent)
	go work(ctx)
	return &SameNameClean{cancel: cancel}
}

// Close ends the work.
func (s *SameNameClean) Close() { s.cancel() }

type boardJobLeaks struct {
	Name   string
	Cancel context.CancelFunc
}

// BoardLeaks holds jobs whose type no other package can name or reach, so that nobody can call their exported field.
type BoardLeaks struct {
	jobs []*boardJobLeaks
}

// Add starts a job.
func (b *BoardLeaks) Add(parent context.Context, name string) {
	ctx, cancel := context.WithCancel(parent) // want `\[neverreleased\]`
	b.jobs = append(b.jobs, &boardJobLeaks{Name: name, Cancel: cancel})
	go work(ctx)
}

// Names returns the names of the jobs.
func (b *BoardLeaks) Names() (names []string) {
	for _, j := range b.jobs {
		names = append(names, j.Name)
	}
	return names
}

// BoardJobClean is a job.
type BoardJobClean struct {
	Name   string
	Cancel context.CancelFunc
}

// BoardClean gives its jobs out.
type BoardClean struct {
	jobs []*BoardJobClean
}

// Add starts a job.
func (b *BoardClean) Add(parent context.Context, name string) {
	ctx, cancel := context.WithCancel(parent)
	b.jobs = append(b.jobs, &BoardJobClean{Name: name, Cancel: cancel})
	go work(ctx)
}

// Jobs returns the jobs; the caller may cancel them.
func (b *BoardClean) Jobs() []*BoardJobClean { return b.jobs }
