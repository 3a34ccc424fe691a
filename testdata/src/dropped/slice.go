package dropped

// A slice that holds live cancels is truncated, emptied or cut without calling them.

import (
	"context"
	"slices"
)

// Cycle holds the cancel functions of one cycle's workers.
type Cycle struct {
	cancels []context.CancelFunc
}

// Add starts a worker.
func (c *Cycle) Add(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	c.cancels = append(c.cancels, cancel)
	go work(ctx)
}

// Abort ends the workers of the cycle.
func (c *Cycle) Abort() {
	for _, cancel := range c.cancels {
		cancel()
	}
}

// TruncateLeaks begins the next cycle in the same memory.
func (c *Cycle) TruncateLeaks() {
	c.cancels = c.cancels[:0] // want `\[dropped\]`
}

// TruncateClean ends the workers before.
func (c *Cycle) TruncateClean() {
	for _, cancel := range c.cancels {
		cancel()
	}
	c.cancels = c.cancels[:0]
}

// NilLeaks begins the next cycle.
func (c *Cycle) NilLeaks() {
	c.cancels = nil // want `\[dropped\]`
}

// NilClean ends the workers through a method.
func (c *Cycle) NilClean() {
	c.Abort()
	c.cancels = nil
}

// ClearLeaks forgets the functions and keeps the length.
func (c *Cycle) ClearLeaks() {
	clear(c.cancels) // want `\[dropped\]`
	c.cancels = c.cancels[:0]
}

// ClearClean ends the workers before.
func (c *Cycle) ClearClean() {
	for i := range c.cancels {
		c.cancels[i]()
	}
	clear(c.cancels)
	c.cancels = c.cancels[:0]
}

// MakeLeaks makes room for n workers of the next cycle.
func (c *Cycle) MakeLeaks(n int) {
	c.cancels = make([]context.CancelFunc, 0, n) // want `\[dropped\]`
}

// MakeClean ends the workers in a goroutine, since it may take long.
func (c *Cycle) MakeClean(n int) {
	old := c.cancels
	c.cancels = make([]context.CancelFunc, 0, n)
	go func() {
		for _, cancel := range old {
			cancel()
		}
	}()
}

// PopLeaks takes the oldest worker off the list.
func (c *Cycle) PopLeaks() {
	if len(c.cancels) > 0 {
		c.cancels = c.cancels[1:] // want `\[dropped\]`
	}
}

// PopClean ends it first.
func (c *Cycle) PopClean() {
	if len(c.cancels) > 0 {
		c.cancels[0]()
		c.cancels = c.cancels[1:]
	}
}

// CutLeaks takes worker i off the list.
func (c *Cycle) CutLeaks(i int) {
	c.cancels = append(c.cancels[:i], c.cancels[i+1:]...) // want `\[dropped\]`
}

// CutClean ends it first.
func (c *Cycle) CutClean(i int) {
	c.cancels[i]()
	c.cancels = slices.Delete(c.cancels, i, i+1)
}

// GrowClean only makes room: all functions are in the new slice.
func (c *Cycle) GrowClean(n int) {
	c.cancels = slices.Grow(c.cancels, n)
}

// CopyClean moves all functions to a new slice.
func (c *Cycle) CopyClean(n int) {
	old := c.cancels
	c.cancels = make([]context.CancelFunc, 0, len(old)+n)
	c.cancels = append(c.cancels, old...)
}

// Routes has several ends for each name.
type Routes struct {
	byName map[string][]context.CancelFunc
}

func (r *Routes) Add(parent context.Context, name string, run func(context.Context)) {
	ctx, cancel := context.WithCancel(parent)
	r.byName[name] = append(r.byName[name], cancel)
	go run(ctx)
}

// MergeClean moves them.
func (r *Routes) MergeClean(from, to string) {
	for _, cancel := range r.byName[from] {
		r.byName[to] = append(r.byName[to], cancel)
	}
	delete(r.byName, from)
}

// ForgetLeaks only counts them.
func (r *Routes) ForgetLeaks(name string) (n int) {
	for _, cancel := range r.byName[name] {
		if cancel != nil {
			n++
		}
	}
	delete(r.byName, name) // want `\[dropped\]`
	return n
}

func (r *Routes) Close() {
	for _, all := range r.byName {
		for _, cancel := range all {
			cancel()
		}
	}
}
